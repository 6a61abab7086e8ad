import Glibc

/// An unnamed temporary file that goes with its descriptor: the copy of a piped input that is read a second time.
///
/// `@unchecked Sendable`: it is written by the one source that reads the pipe, and read after that.
final class SpoolFile: @unchecked Sendable {
    let descriptor: Int32
    private(set) var byteCount = 0

    init() throws(InputError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/refund-recon-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .cannotSpool(reason: errnoText()) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotSpool(reason: errnoText())
            }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
