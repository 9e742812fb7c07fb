//! The children of a process, read from the kernel.

/// Direct children of a process; empty for one that is gone.
pub fn children(pid: u32) -> Vec<u32> {
    children_and_threads(pid).0
}

fn children_and_threads(pid: u32) -> (Vec<u32>, u32) {
    // Each thread has a list of its own; a process without extra threads has one.
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return (Vec::new(), 0) };
    let (mut children, mut count) = (Vec::new(), 0);
    for thread in threads.flatten() {
        count += 1;
        let list = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    (children, count)
}

/// One process of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub pid: u32,
    /// `None` for the root.
    pub parent: Option<u32>,
    /// None for one that is gone.
    pub threads: u32,
}

/// A process and all that descends from it, parents before their children.
pub fn tree(root: u32) -> Vec<Member> {
    let mut tree = vec![Member { pid: root, parent: None, threads: 0 }];
    let mut next = 0;
    while let Some(&Member { pid, .. }) = tree.get(next) {
        let (children, threads) = children_and_threads(pid);
        tree[next].threads = threads;
        for child in children {
            if !tree.iter().any(|member| member.pid == child) {
                tree.push(Member { pid: child, parent: Some(pid), threads: 0 });
            }
        }
        next += 1;
    }
    tree
}

/// The pids of [`tree`].
pub fn descendants(root: u32) -> Vec<u32> {
    tree(root).into_iter().map(|member| member.pid).collect()
}
