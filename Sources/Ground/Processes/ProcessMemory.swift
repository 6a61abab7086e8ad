import CGlue

/// The memory of this process, which may hold credentials.
package enum ProcessMemory {
    /// Keeps it out of core dumps and out of the reach of other processes of the same user, for as long as the process
    /// lives. Do it before a secret is read.
    package static func keepPrivate() { cglue_keep_memory_private() }
}
