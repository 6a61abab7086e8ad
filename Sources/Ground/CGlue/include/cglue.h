#ifndef CGLUE_H
#define CGLUE_H

/// Exchanges two paths in one step (renameat2 with RENAME_EXCHANGE, which Swift's Glibc module does not show).
/// Gives 0, or -1 with errno set.
int cglue_exchange_paths(const char *first, const char *second);

/// Asks the system to begin writing part of a file to the disk, without waiting for it (sync_file_range, which Swift's Glibc
/// module does not show). A hint: nothing depends on it.
void cglue_start_writing(int descriptor, long long offset, long long count);

/// Allows no core dump of this process, and no other process of the same user to look into its memory (setrlimit, and prctl
/// with PR_SET_DUMPABLE, which takes a variable number of arguments and so is not shown by Swift's Glibc module).
void cglue_keep_memory_private(void);

/// Asks the processor to fetch the memory at an address, which need not be readable: a hint that changes nothing.
static inline void cglue_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
