/// The pair that a client of the sandbox must show.
///
/// The secret stays out of every description of the value, so that none can be logged by accident.
package struct SandboxCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let clientID: [UInt8]
    let clientSecret: [UInt8]

    /// The expected values of `x-atlas-client-id` and `x-atlas-client-secret`.
    package init(clientID: String, clientSecret: String) {
        self.clientID = Array(clientID.utf8)
        self.clientSecret = Array(clientSecret.utf8)
    }

    package var description: String { "SandboxCredentials(redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Whether both are right; compared in constant time.
    func accept(clientID: String, clientSecret: String) -> Bool {
        let isID = Self.areEqual(self.clientID, Array(clientID.utf8))
        let isSecret = Self.areEqual(self.clientSecret, Array(clientSecret.utf8))
        return isID && isSecret
    }

    private static func areEqual(_ expected: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = expected.count ^ given.count
        for (index, byte) in given.enumerated() {
            let other = expected.isEmpty ? ~byte : expected[index % expected.count]
            difference |= Int(byte ^ other)
        }
        return difference == 0
    }
}

/// How a sandbox is served.
package struct SandboxConfiguration: Sendable {
    /// Where it listens: a loopback address (127.0.0.0/8 or ::1) or `localhost`.
    package var host = "127.0.0.1"
    /// The port; 0 for one that is free.
    package var port = 0
    /// The credentials that a client must send.
    package var credentials: SandboxCredentials
    /// Faults, in addition to those in the data file.
    package var faults = FaultPlan()
    /// How long every answer is held back.
    package var latencyMilliseconds = 0
    /// The seed of chance: the same seed gives the same faults.
    package var seed: UInt64 = 0

    package init(credentials: SandboxCredentials) { self.credentials = credentials }
}
