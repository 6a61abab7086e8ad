import Foundation
import Memory
import Refunds
import Testing
@testable import Report

/// A damaged workbook is found, whatever libxlsxwriter thinks of it.
@Suite struct WorkbookCheckTests {
    private let folder: TemporaryFolder
    private let path: String
    private let bytes: Data

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/a.xlsx"
        try WorkbookFixture(try SampleRows.mixed()).write(to: path, temporaryDirectory: folder.path)
        bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    }

    private func isWhole(_ data: Data, cellCounts: [Int] = []) throws -> Bool {
        try data.write(to: URL(fileURLWithPath: path))
        do {
            try WorkbookCheck.verify(path: path, cellCounts: cellCounts)
            return true
        } catch { return false }
    }

    @Test func whatWasWrittenIsWhole() throws { #expect(try isWhole(bytes)) }

    @Test func aFileThatIsCutIsFound() throws {
        for count in stride(from: 0, to: bytes.count, by: 311) {
            #expect(try !isWhole(bytes.prefix(count)), "cut to \(count)")
        }
        #expect(try !isWhole(bytes.dropLast()))
    }

    @Test func aByteOfAPartThatChangesIsFound() throws {
        let archive = try ZipReader(path: path)
        let entries = try archive.directory()
        try #require(!entries.isEmpty)
        for entry in entries {
            let header = Int(entry.headerOffset)
            let names = Int(bytes[header + 26]) + Int(bytes[header + 27]) << 8
            let extra = Int(bytes[header + 28]) + Int(bytes[header + 29]) << 8
            let start = header + 30 + names + extra
            for offset in stride(from: start, to: start + Int(entry.compressedBytes), by: 499) {
                var damaged = bytes
                damaged[offset] ^= 0x10
                #expect(try !isWhole(damaged), "\(entry.name), byte \(offset)")
            }
        }
    }

    @Test func aCellThatIsMissingIsFound() throws {
        #expect(try !isWhole(bytes, cellCounts: [1]))
        #expect(try !isWhole(bytes, cellCounts: Array(repeating: 1, count: 12)))
    }

    @Test(arguments: [
        ("<a/>", true), ("<?xml version=\"1.0\"?>\n<a><b c=\"/>\"/></a>", true), ("<a>t</a>\n", true), ("", false),
        ("<a>", false), ("<a></b>", false), ("<a></a", false), ("<a/><b/>", false), ("<a><b></a></b>", false),
        ("<a b=\"c></a>", false), ("text", false), ("<a><b</a>", false), ("</a>", false),
    ])
    func knowsAWholeDocument(_ text: String, _ isWhole: Bool) {
        // In one piece, and byte by byte.
        for step in [1, max(text.utf8.count, 1)] {
            var check = XMLTagCheck()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: step) {
                Array(bytes[start..<min(start + step, bytes.count)]).withUnsafeBufferPointer { check.add($0) }
            }
            #expect(check.isWhole == isWhole)
        }
    }

    /// Only files of many GiB need ZIP64; so that the test stays quick, a narrow limit switches it on.
    @Test(arguments: [1, 3, 40, 0xFFFF_FFFF as UInt64]) func largeFilesReadBackToo(_ narrowLimit: UInt64) throws {
        let texts = ["one": "", "two": "cells", "three": String(repeating: "rows and ", count: 20)]
        let writer = try ZipWriter(path: path, narrowLimit: narrowLimit)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            let head = try DeflatedChunk(Array(text.utf8), isLast: false)
            let tail = try DeflatedChunk(Array(text.utf8), isLast: true)
            var seal = head.seal
            seal.append(tail.seal)
            try writer.begin(
                name, method: 8, crc32: seal.crc32, compressedBytes: seal.compressedBytes, bytes: seal.bytes)
            try writer.write(head.compressed + tail.compressed)
        }
        try writer.finish()
        let archive = try ZipReader(path: path)
        let entries = try archive.directory()
        try #require(!entries.isEmpty)
        for entry in entries {
            var content: [UInt8] = []
            try archive.read(entry) { piece throws(ZipReader.Damage) in content += piece }
            let text = try #require(texts[entry.name])
            #expect(String(decoding: content, as: UTF8.self) == text + text, "\(entry.name)")
        }
        #expect(entries.map(\.name) == texts.keys.sorted())
        #expect(try Script.archiveNames(path) == texts.keys.sorted())
    }
}
