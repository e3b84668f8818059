//! Lists of lists.

/// Lists of different lengths, stored one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Ragged {
    /// Where each list starts in `items`; one more entry than there are lists, beginning with 0.
    pub offsets: Vec<u32>,
    /// All items.
    pub items: Vec<u32>,
}

impl Default for Ragged {
    fn default() -> Self {
        Self { offsets: vec![0], items: Vec::new() }
    }
}

impl Ragged {
    /// So many lists without an item.
    pub fn of_empty_lists(lists: usize) -> Self {
        Self { offsets: vec![0; lists + 1], items: Vec::new() }
    }

    /// These lists, in this order.
    pub fn select(&self, lists: &[usize]) -> Self {
        let mut selected = Self::default();
        lists.iter().for_each(|&list| selected.push(self.list(list).iter().copied()));
        selected
    }

    /// The number of lists.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// List number `index`.
    pub fn list(&self, index: usize) -> &[u32] {
        &self.items[self.offsets[index] as usize..self.offsets[index + 1] as usize]
    }

    /// Appends the lists of another, in their order.
    pub fn append(&mut self, other: &Self) {
        (0..other.len()).for_each(|list| self.push(other.list(list).iter().copied()));
    }

    /// Appends a list.
    pub fn push(&mut self, items: impl IntoIterator<Item = u32>) {
        self.items.extend(items);
        self.offsets.push(self.items.len() as u32);
    }
}
