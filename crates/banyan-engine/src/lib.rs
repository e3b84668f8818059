//! Tensors on pooled buffers, a tape of fused operations and stacked reverse mode for many tasks.
