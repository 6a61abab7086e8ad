/// Metrics in the text format of Prometheus, all of them gauges, each with its HELP and TYPE.
struct PrometheusText {
    private(set) var text = ""

    /// One value and the labels that distinguish it from others of its name.
    struct Sample {
        let labels: [(name: String, value: String)]
        let value: String

        init(_ value: String, _ labels: (String, String)...) {
            self.value = value
            self.labels = labels
        }

        init(_ value: Int, _ labels: (String, String)...) {
            self.value = String(value)
            self.labels = labels
        }
    }

    /// Adds all values of a name; none, and the name is left out.
    mutating func add(_ name: String, _ help: String, _ samples: [Sample]) {
        if samples.isEmpty { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += labels.isEmpty ? "\(name) \(sample.value)\n" : "\(name){\(labels)} \(sample.value)\n"
        }
    }

    mutating func add(_ name: String, _ help: String, _ value: Int) { add(name, help, [Sample(value)]) }

    private static func escaped(_ value: String) -> String {
        String(
            value.flatMap { character in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n", "\r\n": "\\n"
                default: String(character)
                }
            })
    }
}
