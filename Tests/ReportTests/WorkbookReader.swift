import Foundation
import Testing
import XLSX

@testable import Report

/// A workbook as another library reads it.
struct ReadWorkbook {
    struct Sheet: Equatable {
        let name: String
        let frozen: String
        let filter: String
        let rows: Int
        let columns: Int
        let orientation: String
        let titleRows: String
        let validations: String
        let charts: Int
    }

    struct Cell: Equatable {
        let type: String
        let numberFormat: String
        let value: String
        /// What a reader shows that does not compute.
        let cached: String
    }

    private(set) var sheets: [Sheet] = []
    private(set) var cells: [String: [String: Cell]] = [:]

    init(path: String) throws {
        for line in try Script.run(["read", path]).split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
            if fields[0] == "sheet" {
                sheets.append(
                    Sheet(
                        name: fields[1], frozen: fields[2], filter: fields[3], rows: Int(fields[4]) ?? -1,
                        columns: Int(fields[5]) ?? -1, orientation: fields[6], titleRows: fields[7],
                        validations: fields[8], charts: Int(fields[9]) ?? -1))
            } else {
                cells[fields[1], default: [:]][fields[2]] = Cell(
                    type: fields[3], numberFormat: fields[4], value: fields[5], cached: fields[6])
            }
        }
    }

    func sheet(_ name: String) -> Sheet? { sheets.first { $0.name == name } }

    func cell(_ sheet: String, _ row: Int, _ column: Int) -> Cell? {
        cells[sheet]?[CellName.cell(row: row, column: column)]
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                let meant: Unicode.Scalar =
                    switch scalar {
                    case "t": "\t"
                    case "n": "\n"
                    case "r": "\r"
                    default: scalar
                    }
                result.append(meant)
                isEscape = false
            } else if scalar == "\\" {
                isEscape = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

/// Runs the script that reads workbooks, and LibreOffice.
enum Script {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Support/read_workbook.py").path

    private static var python: String { ProcessInfo.processInfo.environment["REFUND_RECON_PYTHON"] ?? "python3" }

    /// The parts of a zip archive as Python reads it, in name order, each with the checksum that it should have.
    static func archiveNames(_ path: String) throws -> [String] {
        let program =
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert not z.testzip(); print(*z.namelist())"
        return try launch([python, "-c", program, path]).split(whereSeparator: \.isWhitespace).map(String.init).sorted()
    }

    /// A property of the document as openpyxl reads it.
    static func property(_ name: String, of path: String) throws -> String {
        let program =
            "import sys, openpyxl; print(getattr(openpyxl.load_workbook(sys.argv[2]).properties, sys.argv[1]))"
        return String(try launch([python, "-c", program, name, path]).dropLast())
    }

    static func run(_ arguments: [String]) throws -> String {
        try launch([python, script] + arguments)
    }

    /// Runs a command found on the path; gives what it prints.
    @discardableResult
    static func launch(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            let message = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            let hint =
                message.contains("No module named")
                ? " (set REFUND_RECON_PYTHON to a Python that has openpyxl: `make setup-test` puts one into .venv/bin/python)"
                : ""
            throw Failure(description: "\(command[0]) ended with \(process.terminationStatus): \(message)\(hint)")
        }
        return String(decoding: printed, as: UTF8.self)
    }

    static var hasLibreOffice: Bool { (try? launch(["sh", "-c", "command -v soffice"])) != nil }

    /// Computes every formula anew in LibreOffice and saves the workbook under the same name in another folder.
    static func recalculate(_ path: String, into folder: String) throws -> String {
        let profile = folder + "/profile"
        try FileManager.default.createDirectory(atPath: profile + "/user", withIntermediateDirectories: true)
        // Without this LibreOffice believes the cached values of a file that says it is Excel's.
        let settings = """
            <?xml version="1.0" encoding="UTF-8"?>
            <oor:items xmlns:oor="http://openoffice.org/2001/registry">
            <item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" \
            oor:op="fuse"><value>0</value></prop></item>
            </oor:items>
            """
        try settings.write(
            toFile: profile + "/user/registrymodifications.xcu", atomically: true, encoding: .utf8)
        let output = folder + "/recalculated"
        try launch([
            "soffice", "--headless", "-env:UserInstallation=file://\(profile)", "--convert-to", "xlsx", "--outdir",
            output, path,
        ])
        return output + "/" + URL(fileURLWithPath: path).lastPathComponent
    }
}

/// A folder that goes when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("workbook-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
