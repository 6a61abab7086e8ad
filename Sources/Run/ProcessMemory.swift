import CGlue

/// The memory of this process, which may hold credentials.
public enum ProcessMemory {
    /// Keeps it out of core dumps and out of the reach of other processes of the same user, for as long as the process
    /// lives. Do it before a secret is read.
    public static func keepPrivate() { cglue_keep_memory_private() }
}
