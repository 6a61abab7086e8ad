import Glibc

/// An unnamed temporary file that goes with its descriptor: the copy of a piped input that is read a second time.
///
/// `@unchecked Sendable`: it is written by the one source that reads the pipe, and read after that.
final class SpoolFile: @unchecked Sendable {
    let descriptor: Int32
    private(set) var byteCount = 0

    init() throws(InputError) {
        do throws(SystemFault) { descriptor = try unnamedTemporaryFile() } catch {
            throw .cannotSpool(reason: "\(error)")
        }
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
