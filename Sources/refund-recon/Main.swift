import ArgumentParser
import AsyncHTTPClient
import Configuration
import Crypto

@main struct Main { static func main() { print(HTTPClient.self, SHA256.self, ConfigReader.self) } }
