import Memory
import Refunds

extension RunTrail {
    /// Its facts for a person, each with its name.
    var facts: [(name: String, value: String)] {
        [
            ("Run number", String(sequence)), ("Started", startedAt.utcText), ("Host", host), ("User", user),
            ("Manifest of the run before", previous?.manifestSHA256 ?? "none: the first run of its output folder"),
            (
                "Replaces",
                replaces.map { "run \($0.sequence) of the same day, manifest \($0.manifestSHA256)" } ?? "no report"
            ), ("Signed", isSigned ? "yes, in manifest.json.sig" : "no"),
        ]
    }
}
