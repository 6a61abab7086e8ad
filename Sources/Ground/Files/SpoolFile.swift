import Synchronization

/// The copy of a piped input that is read a second time, in an unnamed temporary file. It is written by the one source that
/// reads the pipe, and read after that.
final class SpoolFile: Sendable {
    let file: File
    private let written = Atomic<Int>(0)

    init() throws(InputError) {
        do throws(SystemError) { file = try File.temporary() } catch { throw .cannotSpool(reason: "\(error)") }
    }

    var byteCount: Int { written.load(ordering: .acquiring) }

    func write(_ bytes: Span<UInt8>) throws(InputError) {
        do throws(SystemError) { try file.write(bytes) } catch { throw .cannotSpool(reason: "\(error)") }
        written.add(bytes.count, ordering: .releasing)
    }
}
