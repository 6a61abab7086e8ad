import Files

/// The names under which a report shows its inputs (FORMATS.md, `source`): the last part of the path, and where several inputs
/// share it, as many parts before it as distinguish the input from every other.
enum SourceNames {
    /// - Parameter paths: the inputs of a run, of all kinds, as they were given; `-` is standard input.
    static func names(of paths: [String]) -> [String] {
        let all = paths.map { Path($0) }
        let sharing = Dictionary(grouping: all.indices) { all[$0].parts.last ?? "" }
        return all.indices.map { index in
            let path = all[index]
            let others = sharing[path.parts.last ?? "", default: []].filter { $0 != index }.map { all[$0] }
            return path.shortestName(amongst: others)
        }
    }

    /// A path, with `.`, `..` and `//` resolved.
    private struct Path {
        let given: String
        let parts: [Substring]

        init(_ given: String) {
            self.given = given
            let parts = Self.resolved(given)
            // A path that leaves the working folder has names of its own only from the root on.
            self.parts = parts.first == ".." ? Self.resolved(Self.absolute(given)) : parts
        }

        private static func resolved(_ path: String) -> [Substring] {
            var parts: [Substring] = []
            for part in path.split(separator: "/") where part != "." {
                if part == "..", let last = parts.last, last != ".." {
                    parts.removeLast()
                } else if part != ".." || !path.hasPrefix("/") {
                    parts.append(part)
                }
            }
            return parts
        }

        private static func absolute(_ path: String) -> String {
            guard !path.hasPrefix("/"), let folder = FileSystem.workingFolder else { return path }
            return "\(folder)/\(path)"
        }

        func shortestName(amongst others: [Path]) -> String {
            if others.isEmpty { return parts.last.map(String.init) ?? given }
            for count in 1...max(1, parts.count) {
                let name = parts.suffix(count)
                if !others.contains(where: { $0.parts.suffix(count).elementsEqual(name) }) {
                    return name.joined(separator: "/")
                }
            }
            return "/" + Self.resolved(Self.absolute(given)).joined(separator: "/")
        }
    }
}
