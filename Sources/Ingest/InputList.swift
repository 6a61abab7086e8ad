import Bytes
import Glibc

/// Which files the options of a run stand for.
public enum InputList {
    private static let extensions = [".csv", ".jsonl", ".ndjson"].flatMap { [$0, $0 + ".gz"] }

    /// Opens the files in the order in which they were given; a folder stands for its inputs in name order.
    public static func open(_ paths: [String]) throws(InputError) -> [InputBytes] {
        var inputs: [InputBytes] = []
        for path in paths {
            for file in try files(path) { inputs.append(try InputBytes(path: file)) }
        }
        return inputs
    }

    private static func files(_ path: String) throws(InputError) -> [String] {
        var status = stat()
        guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [path] }
        guard let folder = opendir(path) else { throw .cannotOpen(path: path, reason: errnoText()) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), extensions.contains(where: { name.hasSuffix($0) }) { names.append(name) }
        }
        guard !names.isEmpty else {
            throw .cannotOpen(path: path, reason: "the folder has no .csv, .jsonl or .ndjson file (or .gz of one)")
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(path)/\($0)" }
    }
}
