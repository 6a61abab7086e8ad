"""Reads a workbook with another library and prints it, one cell a line, for the tests of the report.

usage: read_workbook.py read FILE
       read_workbook.py set FILE SHEET CELL NUMBER OUTPUT   (changes one cell and saves a copy)
       read_workbook.py overwrite FILE SHEET PREFIX NUMBER OUTPUT   (every cell whose formula begins so; prints how many)

Lines of `read`, fields separated by TAB:
  sheet  NAME  FROZEN  FILTER  ROWS  COLUMNS  LANDSCAPE  TITLE_ROWS  VALIDATIONS  CHARTS
  cell   SHEET  CELL  TYPE  NUMBER_FORMAT  VALUE  CACHED
TYPE is text, number, date or formula. Backslash, TAB, LF and CR in a value are written as \\\\, \\t, \\n and \\r.
"""

import re
import sys

try:
    import openpyxl
except ImportError:
    sys.exit("openpyxl is missing: run `make setup-test`")


def escaped(text):
    text = text.replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescaped_xml(text):
    """Undoes `_xHHHH_` (ECMA-376, ST_Xstring), which openpyxl leaves in inline strings."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match.group(1), 16)), text)


def kind_and_value(cell):
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return "formula", cell.value
    if cell.is_date:
        return "date", cell.value.isoformat()[:10]
    if cell.data_type == "n":
        return "number", repr(cell.value)
    if cell.data_type == "s":
        return "text", unescaped_xml(cell.value)
    return cell.data_type, str(cell.value)


def read(path):
    formulas = openpyxl.load_workbook(path)
    cached = openpyxl.load_workbook(path, data_only=True)
    for sheet in formulas.worksheets:
        validations = [rule.formula1 or "" for rule in sheet.data_validations.dataValidation]
        fields = [
            sheet.freeze_panes or "", sheet.auto_filter.ref or "", sheet.max_row, sheet.max_column,
            sheet.page_setup.orientation or "", sheet.print_title_rows or "", ";".join(validations),
            len(sheet._charts),
        ]
        print("sheet", sheet.title, *[escaped(str(field)) for field in fields], sep="\t")
        for row in sheet.iter_rows():
            for cell in row:
                found = kind_and_value(cell)
                if found is None:
                    continue
                kind, value = found
                shown = cached[sheet.title][cell.coordinate].value
                print(
                    "cell", sheet.title, cell.coordinate, kind, escaped(cell.number_format), escaped(value),
                    escaped(str(shown)), sep="\t")


def change(path, sheet, cell, number, output):
    workbook = openpyxl.load_workbook(path)
    workbook[sheet][cell] = float(number)
    workbook.save(output)


def overwrite(path, sheet, prefix, number, output):
    workbook = openpyxl.load_workbook(path)
    cells = [
        cell for row in workbook[sheet].iter_rows() for cell in row if str(cell.value or "").startswith(prefix)
    ]
    for cell in cells:
        cell.value = float(number)
    workbook.save(output)
    print(len(cells))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if sys.argv[1] == "read":
        read(sys.argv[2])
    elif sys.argv[1] == "overwrite":
        overwrite(*sys.argv[2:])
    else:
        change(*sys.argv[2:])
