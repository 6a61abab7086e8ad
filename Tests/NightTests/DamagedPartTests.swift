import Memory
import Refunds
import Night
import TestSupport
import Testing

/// Whatever bytes a part has, they are read or refused: nothing else happens.
@Suite struct DamagedPartTests {
    /// Reads all there is; whether that was refused.
    private func isRefused(index: [UInt8], content: [UInt8]) -> Bool {
        var parts = RememberedParts()
        parts.add([NewPart(index: index, content: content)])
        do throws(StateError) {
            let memory = try parts.memory(rememberDays: 4_000_000)
            _ = try memory.orders(at: memory.outstanding) { parts.content($0) }
            _ = try memory.breaks(at: memory.withBreaks, in: parts)
            _ = memory.sparse(without: OrderPlaces(memory.outstanding))
            return false
        } catch { return true }
    }

    private func part(_ random: inout Seeded) -> (index: [UInt8], content: [UInt8]) {
        var writer = PartWriter()
        for number in 0..<6 { writer.add(random.remembered(.order(Text("O\(number)")))) }
        let part = writer.finish()[0]
        return (part.index, part.content)
    }

    @Test func randomBytesAreRefusedOrRead() {
        var random = Seeded()
        let good = part(&random)
        #expect(!isRefused(index: good.index, content: good.content))
        for _ in 0..<4000 * Seeded.soak {
            // Most begin as a part does, so that what comes later is read too.
            let bytes = (random.once(in: 10) ? [] : [1]) + (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            _ = isRefused(index: bytes, content: good.content)
            _ = isRefused(index: good.index, content: bytes)
            _ = isRefused(index: good.index, content: bytes + good.content.dropFirst(bytes.count))
        }
    }

    @Test func everyFlippedBitIsRefusedOrRead() {
        var random = Seeded()
        var refused = 0
        for _ in 0..<4 * Seeded.soak {
            let good = part(&random)
            for place in 0..<good.index.count {
                var index = good.index
                index[place] ^= 1 << UInt8(random.below(8))
                refused += isRefused(index: index, content: good.content) ? 1 : 0
            }
            for place in 0..<good.content.count {
                var content = good.content
                content[place] ^= 1 << UInt8(random.below(8))
                refused += isRefused(index: good.index, content: content) ? 1 : 0
            }
        }
        #expect(refused > 1000, "many of them are no part any more")
    }

    @Test func everyShorterPartIsRefused() throws {
        var random = Seeded()
        let good = part(&random)
        try #require(good.index.count > 10 && good.content.count > 10)
        for count in 0..<good.index.count {
            #expect(isRefused(index: Array(good.index.prefix(count)), content: good.content))
        }
    }

    /// A count says how much is to come: a wrong one takes no memory for what is not there.
    @Test(arguments: [UInt64.max, 1 << 62, 1 << 40]) func aCountThatIsTooLargeIsRefused(count: UInt64) {
        var index = ByteWriter()
        index.append(1)
        index.append(varint: count)
        index.append(varint: count)
        #expect(isRefused(index: index.bytes, content: [1]))
    }
}
