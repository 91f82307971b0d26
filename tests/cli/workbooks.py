"""Writes small workbooks as spreadsheets do, with nothing but the standard library."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FORMATS = {None: 0, "per cent": 1, "date": 2}


class Shown:
    """A number with the format it is shown in: "per cent" or "date"."""

    def __init__(self, value, form):
        self.value, self.form = value, form


def letters(column):
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def xlsx_cell(row, column, value):
    place = f"{letters(column)}{row}"
    form = value.form if isinstance(value, Shown) else None
    value = value.value if isinstance(value, Shown) else value
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}" s="{FORMATS[form]}"><v>{value!r}</v></c>'


def xlsx_sheet(rows, merged=()):
    body = "".join(f'<row r="{r}">' + "".join(xlsx_cell(r, c, v) for c, v in enumerate(cells, 1) if v is not None) + "</row>"
                   for r, cells in sorted(rows.items()))
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    return (f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>'
            + (f"<mergeCells>{areas}</mergeCells>" if merged else "") + "</worksheet>")


def xlsx(sheets):
    """Bytes of a workbook; sheets: name -> {row: [cells]} or ({row: [cells]}, [merged areas])."""
    names = list(sheets)
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELATION}/officeDocument" '
                       'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
                           + "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="s{i}"/>' for i, n in enumerate(names, 1))
                           + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
                                      + "".join(f'<Relationship Id="s{i}" Type="{RELATION}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                                                for i in range(1, len(names) + 1))
                                      + f'<Relationship Id="t" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\ mmm\\ yyyy"/></numFmts>'
                         '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    }
    for i, name in enumerate(names, 1):
        content = sheets[name]
        rows, merged = content if isinstance(content, tuple) else (content, ())
        parts[f"xl/worksheets/sheet{i}.xml"] = xlsx_sheet(rows, merged)
    return archive(parts)


def archive(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in parts.items():
            out.writestr(name, text)
    return file.getvalue()


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def ods_cell(value):
    form = value.form if isinstance(value, Shown) else None
    value = value.value if isinstance(value, Shown) else value
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    kind = "percentage" if form == "per cent" else "float"
    return f'<table:table-cell office:value-type="{kind}" office:value="{value!r}"><text:p>{value:.1f}</text:p></table:table-cell>'


def ods(sheets):
    """Bytes of an OpenDocument workbook whose last row and cells stand for all that follow, as spreadsheets write them."""
    tables = ""
    for name, rows in sheets.items():
        body, last = "", 0
        for r, cells in sorted(rows.items()):
            if r > last + 1:
                body += f'<table:table-row table:number-rows-repeated="{r - last - 1}"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
            body += ("<table:table-row>" + "".join(ods_cell(v) for v in cells)
                     + f'<table:table-cell table:number-columns-repeated="{16384 - len(cells)}"/></table:table-row>')
            last = r
        body += f'<table:table-row table:number-rows-repeated="{1048576 - last}"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        tables += f"<table:table table:name={quoteattr(name)}>{body}</table:table>"
    return archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                    "content.xml": f'<office:document-content xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0" '
                                   f'xmlns:text="{OFFICE}text:1.0"><office:body><office:spreadsheet>{tables}'
                                   "</office:spreadsheet></office:body></office:document-content>"})
