import Testing

@testable import WebServer

@Suite("Header parameters")
struct HeaderParametersTests {
    @Test(
        "File names as clients write them",
        arguments: [
            (#"attachment; filename="aula.pdf""#, "aula.pdf"),
            (#"attachment; filename=aula.pdf"#, "aula.pdf"),
            (#"attachment;filename = "a b.pdf" ; x=y"#, "a b.pdf"),
            (#"form-data; name="file"; filename="a\"b\\c.pdf""#, #"a"b\c.pdf"#),
            (#"form-data; name="file"; filename="a%22b.pdf""#, #"a"b.pdf"#),
            (#"form-data; name="file"; filename="100%25 sure.pdf""#, "100%25 sure.pdf"),
            (#"form-data; name="file"; filename="recurs%C3%A3o%201.pdf""#, "recursão 1.pdf"),
            (#"form-data; name="file"; filename="100%.pdf""#, "100%.pdf"),
            (#"form-data; filename="C:\Docs\aula.pdf""#, #"C:\Docs\aula.pdf"#),
            (#"attachment; filename="aula.pdf"; filename*=UTF-8''recurs%C3%A3o%20%E2%82%AC.pdf"#, "recursão €.pdf"),
            (#"attachment; filename*=utf-8'pt'a%20b.pdf"#, "a b.pdf"),
            (#"attachment; filename*=iso-8859-1''%A3%20rates.pdf"#, "£ rates.pdf"),
            // RFC 8187: what cannot be read is as if it were not there.
            (#"attachment; filename="plain.pdf"; filename*=UTF-8''%zz"#, "plain.pdf"),
            (#"attachment; filename="plain.pdf"; filename*=UTF-8''%ff"#, "plain.pdf"),
            (#"attachment; filename="plain.pdf"; filename*=klingon''x"#, "plain.pdf"),
            (#"ATTACHMENT; FILENAME="Aula.PDF""#, "Aula.PDF"),
            (#"attachment; filename="a;b.pdf""#, "a;b.pdf"),
            (#"attachment; filename="first.pdf"; filename="second.pdf""#, "first.pdf"),
            (#"attachment; filename="unfinished"#, "unfinished"),
        ])
    func names(field: String, name: String) { #expect(HeaderParameters(field).fileName == name) }

    @Test(
        "Without a name there is none",
        arguments: ["attachment", "", ";;;", "attachment; name=x", "attachment; filename"])
    func none(field: String) { #expect(HeaderParameters(field).fileName == nil) }

    @Test(
        "What is written is read again",
        arguments: ["aula.pdf", "recursão 1.pdf", #"a"b\c%20.pdf"#, "日本.pdf", "a;b.pdf"])
    func roundTrip(name: String) {
        let field = HeaderParameters.disposition("attachment", fileName: name)
        #expect(field.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        #expect(HeaderParameters(field).fileName == name && HeaderParameters(field).value == "attachment")
    }
}
