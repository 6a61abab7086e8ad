import NIOCore
import NIOHTTP1
import NIOPosix

/// Atlas's refund API at a loopback port. `withSandbox` starts and stops it.
package final class SandboxServer: Sendable {
    /// Where clients find it, without a path: `http://127.0.0.1:49152`.
    package let baseURL: String
    /// The port it listens at.
    package let port: Int

    private let service: SandboxService
    private let listener: any Channel

    /// The requests received so far.
    package var statistics: SandboxStatistics { service.statistics }

    fileprivate init(_ data: SandboxData, _ configuration: SandboxConfiguration) async throws(SandboxError) {
        let address = try Self.address(of: configuration.host)
        let service = SandboxService(data: data, configuration: configuration)
        self.service = service
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard service.open(channel) else { return channel.close() }
                channel.closeFuture.whenComplete { _ in service.closed(channel) }
                return channel.eventLoop.makeCompletedFuture { try Self.configure(channel, service: service) }
            }
        do {
            listener = try await bootstrap.bind(host: address, port: configuration.port).get()
        } catch {
            let reason = "\(error)"
            throw .cannotListen(host: configuration.host, port: configuration.port, reason: reason)
        }
        port = listener.localAddress?.port ?? configuration.port
        baseURL = "http://\(address.contains(":") ? "[\(address)]" : address):\(port)"
    }

    private static func configure(_ channel: any Channel, service: SandboxService) throws {
        // Answers are written as bytes, so that faults can break HTTP: only the requests are decoded.
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(decoder), SandboxConnection(service: service),
        ])
    }

    /// The address to listen at; only this machine may reach a server without encryption.
    private static func address(of host: String) throws(SandboxError) -> String {
        if host == "localhost" { return "127.0.0.1" }
        guard let address = try? SocketAddress(ipAddress: host, port: 0), let text = address.ipAddress,
            text == "::1" || text.hasPrefix("127.")
        else { throw .hostNotLoopback(host) }
        return text
    }

    fileprivate func stop() async {
        try? await listener.close().get()
        await service.stop()
    }
}

/// Serves `data` while `body` runs, and returns its result; the port is closed afterwards in any case.
///
/// Errors: a `SandboxError` if the sandbox cannot be started (`hostNotLoopback`, `cannotListen`), and those of `body`.
package func withSandbox<R>(
    _ data: SandboxData, _ configuration: SandboxConfiguration, isolation: isolated (any Actor)? = #isolation,
    _ body: (SandboxServer) async throws -> R
) async throws -> R {
    let server = try await SandboxServer(data, configuration)
    do {
        let result = try await body(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
