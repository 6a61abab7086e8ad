import Files
import Generate
import Glibc
import JSON
import Memory
import Refunds
import Testing

/// Files are compared outside of `#expect`, which would print them and look for their differences byte by byte.
@Suite struct Reproducibility {
    @Test(arguments: Profile.allCases)
    func sameOptionsSameBytes(profile: Profile) throws {
        let first = try GeneratedFolder(profile, cases: 700)
        let second = try GeneratedFolder(profile, cases: 700)
        #expect(first.counts == second.counts)
        for file in GeneratedFile.allCases {
            let isSame = first.bytes(file) == second.bytes(file)
            #expect(isSame, "\(file.rawValue)")
        }
    }

    @Test(arguments: Profile.allCases)
    func anotherSeedOtherBytes(profile: Profile) throws {
        let first = try GeneratedFolder(profile, cases: 100, seed: 1)
        let second = try GeneratedFolder(profile, cases: 100, seed: 2)
        try #require(!first.counts.isEmpty)
        for count in first.counts {
            let isSame = first.bytes(count.file) == second.bytes(count.file)
            #expect(!isSame, "\(count.file.rawValue)")
        }
    }

    @Test(arguments: GeneratedFile.allCases)
    func aFileAloneIsTheSame(file: GeneratedFile) throws {
        let all = try GeneratedFolder(.sample, cases: 120)
        let alone = try GeneratedFolder(.sample, cases: 120, files: [file])
        #expect(alone.counts.map(\.file) == [file])
        let isSame = alone.bytes(file) == all.bytes(file)
        #expect(isSame)
    }

    /// What is committed is what the generator makes of the options that SampleData/README.md names.
    @Test func theCommittedSampleIsUpToDate() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let made = try GeneratedFolder(.sample, cases: 280, seed: 20_250_930)
        var bytes = 0
        for file in GeneratedFile.allCases {
            let committed = readFile(root + "/SampleData/nightly/" + file.rawValue)
            let isSame = committed == made.bytes(file)
            #expect(isSame, "\(file.rawValue)")
            bytes += committed.count
        }
        #expect(bytes > 0)
        #expect(bytes < 1 << 20)
    }
}

@Suite struct Shape {
    @Test(arguments: Profile.allCases)
    func countsAreThoseOfTheFiles(profile: Profile) throws {
        let folder = try GeneratedFolder(profile, cases: 900)
        for count in folder.counts {
            #expect(folder.bytes(count.file).count == count.bytes)
            #expect(folder.lines(count.file).count == count.lines)
            #expect(folder.bytes(count.file).last == 0x0A)
        }
        #expect(folder.counts.contains { $0.file == .orderLines } == (profile == .sample))
    }

    @Test(arguments: [0, 1, 2, 999])
    func oneCaseAnOrderInCleanBusiness(cases: Int) throws {
        let folder = try GeneratedFolder(.clean, cases: cases)
        #expect(folder.lines(.orders).count == cases + 1)
        #expect(folder.lines(.sandbox).count == cases)
        let keys = Set(folder.rows().map { $0["orderNo"] })
        #expect(keys.count == cases)
    }

    @Test func severalCasesAnOrderInPartialBusiness() throws {
        let folder = try GeneratedFolder(.partial, cases: 1_000)
        let rows = folder.rows()
        let keyed = rows.filter { $0["orderNo"] != "" }
        #expect(rows.count >= 1_000)
        #expect(Set(keyed.compactMap { $0["orderNo"] }).count < 800)
        #expect(rows.contains { $0["orderNo"] == "" && $0["airlinePNR"]?.count == 6 && $0["carrier"]?.count == 2 })
        // No code stands twice but where a record is repeated.
        let codes = Set(rows.compactMap { $0["refundCode"] }.filter { !$0.isEmpty })
        #expect(codes.count > 980)
    }

    @Test(arguments: [Profile.clean, .partial])
    func everyLineIsWellFormed(profile: Profile) throws {
        let folder = try GeneratedFolder(profile, cases: 2_000)
        for file in [GeneratedFile.webhooks, .statusJournal, .sandbox] {
            for line in folder.lines(file) {
                let fault = withJSON(line) { #expect($0.isObject) }
                #expect(fault == nil, "\(file.rawValue): \(String(decoding: line, as: UTF8.self))")
            }
        }
        for line in folder.lines(.orders) {
            #expect(line.filter { $0 == UInt8(ascii: ",") }.count == 21)
            #expect(!line.contains(UInt8(ascii: "\"")))
        }
    }

    /// A sample has two torn lines and one with a key twice, and nothing else that is no JSON.
    @Test func aSampleHoldsItsDeliberateFaultsOnly() throws {
        let folder = try GeneratedFolder(.sample, cases: 300)
        var faults: [GeneratedFile: Int] = [:]
        for file in [GeneratedFile.orderLines, .webhooks, .statusJournal, .sandbox] {
            for line in folder.lines(file) where withJSON(line, { _ in }) != nil {
                faults[file, default: 0] += 1
            }
        }
        #expect(faults == [.orderLines: 2, .webhooks: 1])
        #expect(folder.lines(.orders).count == folder.rows().count + 3, "header, a field too few, a quoted comma")
    }
}

@Suite struct Failures {
    @Test func aNegativeCountIsRefused() {
        #expect(throws: GenerateError.badCaseCount(-1)) {
            try generate(into: "/tmp", options: .test(.clean, cases: -1))
        }
    }

    @Test func aFileIsNoFolder() {
        #expect(throws: GenerateError.self) { try generate(into: "/dev/null", options: .test(.clean, cases: 1)) }
        #expect(throws: GenerateError.self) { try generate(into: "/dev/null/below", options: .test(.clean, cases: 1)) }
    }

    @Test func aFullDiskIsSaid() throws {
        let folder = try GeneratedFolder()
        let path = folder.path + "/orders.csv"
        #expect(symlink("/dev/full", path) == 0)
        let error = GenerateError.cannotWrite(path: path, SystemError(code: ENOSPC))
        #expect(throws: error) { try generate(into: folder.path, options: .test(.clean, cases: 3)) }
        #expect(error.description.hasSuffix("orders.csv: No space left on device"))
    }

    @Test func foldersAreMade() throws {
        let folder = try GeneratedFolder()
        let below = folder.path + "/a"
        try generate(into: below + "/b/", options: .test(.clean, cases: 3, files: [.orders]))
        #expect(readFile(below + "/b/orders.csv").count > 0)
        unlink(below + "/b/orders.csv")
        rmdir(below + "/b")
        rmdir(below)
    }
}
