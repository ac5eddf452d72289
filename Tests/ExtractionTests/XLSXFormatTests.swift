import Testing

@testable import Extraction

/// Numbers and dates are shown as the sheet's author saw them.
@Suite struct XLSXFormatTests {
    @Test(
        arguments: [
            (0.1 + 0.2, "0.3"), (1234.5, "1234.5"), (-0.0, "0"), (100, "100"), (1e15, "1000000000000000"),
            (1e21, "1E+21"),
            (0.000_01, "0.00001"), (1.5e-10, "1.5E-10"), (-7.25, "-7.25"),
            (123_456_789_012_345_680, "123456789012346000"),
            (2.0 / 3, "0.666666666666667"), (.leastNonzeroMagnitude, "5E-324"),
            (1.7976931348623157e308, "1.79769313486232E+308"),
        ] as [(Double, String)])
    func numbersHaveFifteenDigits(_ value: Double, _ text: String) {
        #expect(SheetNumber.plain(value) == text)
    }

    /// What Excel shows, with a point and without parted thousands.
    @Test(
        arguments: [
            ("General", 3.0, "3"), ("0", 2.5, "3"), ("0.00", 2.675, "2.68"), ("0.00", -0.001, "0.00"),
            ("#,##0.00", 1_234_567.891, "1234567.89"),
            ("0.0%", 0.1256, "12.6%"), ("0%", 1, "100%"), ("0.00E+00", 12_345, "1.23E+04"), ("00000", 42, "00042"),
            ("000\\.000\\.000\\-00", 12_345_678_901, "123.456.789-01"), ("\"R$\" #,##0.00", 7.5, "R$ 7.50"),
            ("[$R$-416] #,##0.00;[Red]-[$R$-416] #,##0.00", -20, "-R$ 20.00"), ("0.00;(0.00)", -3, "(3.00)"),
            ("0;-0;\"-\"", 0, "-"), ("#.##", 5, "5"), ("0.0#", 1.25, "1.25"), ("0.0#", 1.2, "1.2"),
            ("#,##0,", 1_500_000, "1500"),
            ("0\" kg\"", 3, "3 kg"), ("@", 12, "12"), ("# ?/?", 0.5, "0.5"), (";;;", 5, ""), (".00", 12.5, "12.50"),
            ("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-", -1.5, "-1.50"), ("\"nota \"0", 9, "nota 9"),
        ] as [(String, Double, String)])
    func formatsAreFollowed(_ code: String, _ value: Double, _ text: String) {
        #expect(SheetFormat(code: code).text(value, since1904: false) == text)
    }

    /// Days by openpyxl 3.1.5 (`utils.datetime.from_excel`), written as here.
    @Test(
        arguments: [
            (1.0, "1900-01-01", "1904-01-02"), (59, "1900-02-28", "1904-02-29"), (61, "1900-03-01", "1904-03-02"),
            (366, "1900-12-31", "1905-01-01"), (367, "1901-01-01", "1905-01-02"), (36_526, "2000-01-01", "2004-01-02"),
            (36_585, "2000-02-29", "2004-03-01"), (73_050, "2099-12-31", "2104-01-02"),
        ] as [(Double, String, String)])
    func daysAreCounted(_ serial: Double, _ since1900: String, _ since1904: String) {
        let format = SheetFormat(builtIn: 14)
        #expect(format.text(serial, since1904: false) == since1900)
        #expect(format.text(serial, since1904: true) == since1904)
    }

    @Test(
        arguments: [
            ("dd/mm/yyyy", 46_096.0, "2026-03-15"), ("dd/mm/yyyy hh:mm", 46_096.604_166_67, "2026-03-15 14:30"),
            ("h:mm:ss", 0.5, "12:00:00"), ("hh:mm AM/PM", 0.75, "18:00"), ("[h]:mm", 1.25, "30:00"),
            ("mmm/yy", 46_096, "2026-03"),
            ("yyyy", 46_096, "2026"), ("[$-416]d \"de\" mmmm \"de\" yyyy;@", 46_096, "2026-03-15"),
            ("mm:ss", 0.000_694_444_44, "00:01:00"),
            ("dd/mm/yyyy", 46_095.999_999_9, "2026-03-15"), ("dd/mm/yyyy", -1, "-1"), ("d/m/yyyy", 1e300, "1E+300"),
            ("yyyy\\-mm\\-dd", 60, "1900-02-29"),
        ] as [(String, Double, String)])
    func momentsAreUnmistakable(_ code: String, _ serial: Double, _ text: String) {
        #expect(SheetFormat(code: code).text(serial, since1904: false) == text)
    }

    @Test func wordsInFormatsAreNoDates() {
        #expect(SheetFormat(code: "0 \"dias\"").text(3, since1904: false) == "3 dias")
        #expect(SheetFormat(code: "[Red]0.0").text(3, since1904: false) == "3.0")
    }

    @Test func noFormatIsTooStrange() {
        for code in [
            "", ";", "\"", "[", "\\", "_", "*", "0.0.0", "%%%%%%%%", ",,,,0", "E+", "[$", "0E+", "@@@", "[h", "é",
        ] {
            for value in [0, 1, -1, 0.5, 1e308, .leastNonzeroMagnitude, -1e308, .nan, .infinity] {
                _ = SheetFormat(code: code).text(value, since1904: true)
            }
        }
        for id in -1...200 { _ = SheetFormat(builtIn: id).text(1.5, since1904: false) }
    }

    @Test func cellsAreNamedBothWays() {
        #expect(SheetReference("A1") == SheetReference(column: 1, row: 1))
        #expect(SheetReference("$XFD$1048576") == SheetReference(column: 16_384, row: 1_048_576))
        #expect(SheetReference(column: 28, row: 3)?.name == "AB3")
        for wrong in ["", "A", "1", "XFE1", "A1048577", "A0", "A99999999999999999999", "1A", "A1B", "AAAAAAAAAAAAA1"] {
            #expect(SheetReference(wrong) == nil, "\(wrong)")
        }
        #expect(SheetRange("B2:D9")?.columns == 2...4)
        #expect(SheetRange("D9:B2") == nil)
        #expect(SheetReference.quoted("Notas") == "Notas")
        #expect(SheetReference.quoted("Horário d'aula") == "'Horário d''aula'")
    }
}
