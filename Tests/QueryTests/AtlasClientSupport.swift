import AtlasClient

let canarySecret = "CANARY-5ec2e7"

/// Runs `body` with a client of a server, and shuts it down.
func withAtlasClient<Result: Sendable>(
    _ url: String, concurrency: Int = 8, _ body: (AtlasHTTPClient) async throws -> Result
) async throws -> Result {
    let client = AtlasHTTPClient(
        baseURL: try AtlasBaseURL(url),
        credentials: try AtlasCredentials(clientID: "the-client", clientSecret: canarySecret), concurrency: concurrency)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}
