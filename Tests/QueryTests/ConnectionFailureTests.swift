import Atlas
import AtlasClient
import Foundation
import Glibc
import Memory
import Refunds
import Testing

/// Why a connection brought no answer, as far as a server on this machine can show it; `AtlasHTTPClientTests` has the rest.
@Suite("Connections that bring no answer", .timeLimit(.minutes(2)))
struct ConnectionFailureTests {
    private func failure(_ url: String) async throws -> AttemptResult {
        let client = AtlasHTTPClient(
            baseURL: try AtlasBaseURL(url), credentials: try AtlasCredentials(clientID: "a", clientSecret: "b"),
            concurrency: 1)
        let result = await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(60))
        await client.shutdown()
        return result
    }

    /// The name is reserved (RFC 2606): no name server knows it, and without a name server it is not found either.
    @Test func aNameThatIsNotThere() async throws {
        #expect(try await failure("https://atlas.invalid") == .failed(.connection(.nameNotFound)))
    }

    @Test(
        arguments: [(.wrap, .certificateNotTrusted), (.close, .closedEarly), (.plain, .handshake)]
            as [(TLSServer.Manner, ConnectionFailure)])
    func aHandshakeThatFails(_ manner: TLSServer.Manner, _ expected: ConnectionFailure) async throws {
        let server = try TLSServer(manner)
        #expect(try await failure("https://127.0.0.1:\(server.port)") == .failed(.connection(expected)))
    }

    /// What each kind means for the question, and for a refund that must not be asked for twice.
    @Test(arguments: ConnectionFailure.allCases)
    func whatItMeans(_ failure: ConnectionFailure) {
        let isOfTLS = failure.rawValue.hasPrefix("TLS: ")
        #expect(failure.isFinal == isOfTLS)
        #expect(failure.mayHaveBeenReceived == !(isOfTLS || failure == .refused || failure == .nameNotFound))
    }
}

/// A server on a free loopback port, for one connection, with a certificate that nobody has signed.
final class TLSServer {
    enum Manner: String, Sendable {
        /// Speaks TLS.
        case wrap
        /// Ends the connection once it has been greeted.
        case close
        /// Answers in plain text.
        case plain
    }

    struct CannotStart: Error {}

    let port: UInt16
    private let process = Process()

    init(_ manner: Manner) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, manner.rawValue, Self.certificate]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { line.append(byte) }
        guard let port = UInt16(String(decoding: line, as: UTF8.self)) else { throw CannotStart() }
        self.port = port
    }

    /// Its signal mask may be that of a thread of the tests, which SIGTERM does not pass.
    deinit { kill(process.processIdentifier, SIGKILL) }

    private static let script = """
        import socket, ssl, sys, tempfile
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(sys.argv[2])
            file.flush()
            context.load_cert_chain(file.name)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(100)
        print(listener.getsockname()[1], flush=True)
        connection = listener.accept()[0]
        connection.settimeout(100)
        if sys.argv[1] == "wrap":
            context.wrap_socket(connection, server_side=True)
        else:
            connection.recv(65536)
            if sys.argv[1] == "plain":
                connection.sendall(b"HTTP/1.1 400 No TLS here\\r\\n\\r\\n")
                connection.recv(65536)
        """

    private static let certificate = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAm8N9o4bQRo9lxat
        xCaveQfvg6mWwEvYM0yITAjBNsqhRANCAATUU1kSxqRcTmrJP8g3x/AcY4Rv2ety
        TFSk1T2BOyVTvt8M4K2osJejZZaw55AJTcQFlrkud+GllkOADDXAkE6h
        -----END PRIVATE KEY-----
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUPB0OghzehHk5MZl29QvEpE9/9WAwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDA1MDI0N1oYDzIxMjYxMTA2
        MDUwMjQ3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAATUU1kSxqRcTmrJP8g3x/AcY4Rv2etyTFSk1T2BOyVTvt8M4K2osJej
        ZZaw55AJTcQFlrkud+GllkOADDXAkE6ho28wbTAdBgNVHQ4EFgQUhBYQmpPIcNWt
        yGCyawsZrpfr67swHwYDVR0jBBgwFoAUhBYQmpPIcNWtyGCyawsZrpfr67swDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIgNO7x4UeDiLtbPKJOGkbMKzjSFyBDqlUrhQiTdOxHW2UCIQDj
        ssVsB8Kei2dly3CBgsPRxeR4xYZyjPmkuhpacCeM2A==
        -----END CERTIFICATE-----
        """
}
