//! How much memory the process can still get.

use std::path::Path;

/// Address space that a thread takes before it does anything: its stack, and the arena that its memory comes from.
const THREAD: u64 = 72 << 20;

/// The size of the pages that `/proc` counts memory in.
const PAGE: u64 = 4096;

/// Bytes: the least of what the system has free, what the process's group may still take, and what is left of its address space. `None` where
/// the system says nothing of it, as any but Linux. `threads` are to be started, and take of the address space.
pub(super) fn available(threads: usize) -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let system = read("/proc/meminfo").and_then(|text| of_system(&text));
    let space = read("/proc/self/limits").zip(read("/proc/self/statm")).and_then(|(limits, statm)| of_address_space(&limits, &statm));
    let space = space.map(|space| space.saturating_sub(threads as u64 * THREAD));
    let group = read("/proc/self/cgroup").and_then(|text| of_group(&text, Path::new("/sys/fs/cgroup")));
    [system, space, group].into_iter().flatten().min()
}

/// What `/proc/meminfo` calls available, and free swap.
fn of_system(meminfo: &str) -> Option<u64> {
    let kilobytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some((kilobytes("MemAvailable")? + kilobytes("SwapFree").unwrap_or(0)) * 1024)
}

/// What the limit of the address space (`ulimit -v`) leaves.
fn of_address_space(limits: &str, statm: &str) -> Option<u64> {
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = limit.split_whitespace().next()?.parse().ok()?;
    let used: u64 = statm.split_whitespace().next()?.parse().ok()?;
    Some(limit.saturating_sub(used * PAGE))
}

/// What the control group of a container leaves, in either version of the interface. Cached files give way.
fn of_group(cgroup: &str, root: &Path) -> Option<u64> {
    let own = cgroup.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let folders = [root.join(own), root.to_owned(), root.join("memory")];
    let number = |path: &Path| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let left = |folder: &Path| {
        let limit = number(&folder.join("memory.max")).or_else(|| number(&folder.join("memory.limit_in_bytes")))?;
        let used = number(&folder.join("memory.current")).or_else(|| number(&folder.join("memory.usage_in_bytes")))?;
        let stat = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let cached = stat.lines().find_map(|line| line.strip_prefix("inactive_file ")?.trim().parse::<u64>().ok()).unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(cached)))
    };
    folders.iter().find_map(|folder| left(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_what_is_free() {
        let meminfo =
            "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    2000000 kB\nSwapFree:         500000 kB\n";
        assert_eq!(of_system(meminfo), Some(2_500_000 * 1024));
        assert_eq!(of_system("MemTotal: 5 kB"), None);
    }

    #[test]
    fn an_address_space_has_a_limit_or_none() {
        let limits = |limit: &str| format!("Limit   Soft Limit  Hard Limit  Units\nMax address space         {limit}  unlimited   bytes\n");
        assert_eq!(of_address_space(&limits("8000000000"), "1000 50 3"), Some(8_000_000_000 - 4_096_000));
        assert_eq!(of_address_space(&limits("unlimited"), "1000 50 3"), None);
        assert_eq!(of_address_space(&limits("4096"), "1000 50 3"), Some(0));
    }

    #[test]
    fn a_group_has_a_limit_in_either_version() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        };
        assert_eq!(of_group("0::/\n", folder.path()), None);
        write("memory/memory.limit_in_bytes", "5000\n");
        write("memory/memory.usage_in_bytes", "1000\n");
        assert_eq!(of_group("9:memory:/x\n", folder.path()), Some(4000));
        write("a/b/memory.max", "7000\n");
        write("a/b/memory.current", "2000\n");
        write("a/b/memory.stat", "anon 100\ninactive_file 500\n");
        assert_eq!(of_group("0::/a/b\n", folder.path()), Some(5500));
        write("a/b/memory.max", "max\n");
        assert_eq!(of_group("0::/a/b\n", folder.path()), Some(4000), "one without a limit leaves it to the one above");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_some() {
        assert!(available(1).is_some_and(|bytes| bytes > 1_000_000), "{:?}", available(1));
    }
}
