import TestSupport
import Testing

@testable import Extraction

/// Formulas of Word (OMML) and LibreOffice (MathML) as a line of text.
@Suite struct OfficeMathTests {
    private func omml(_ xml: String) throws -> String {
        OfficeMath.text(
            of: try XMLElement.parse(
                Array("<m:oMath xmlns:m='\(XMLNamespace.math)'>\(xml)</m:oMath>".utf8), what: "formula"))
    }

    private static func r(_ text: String) -> String { "<m:r><m:t>\(text)</m:t></m:r>" }
    private static func e(_ text: String) -> String { "<m:e>\(r(text))</m:e>" }
    private static let frac = "<m:f><m:num>\(r("a+b"))</m:num><m:den>\(r("2"))</m:den></m:f>"

    @Test(arguments: [
        (frac, "(a+b)/2"),
        (
            "<m:f><m:fPr><m:type m:val='noBar'/></m:fPr><m:num>\(r("n"))</m:num><m:den>\(r("k"))</m:den></m:f>",
            "n choose k"
        ),
        ("<m:sSup>\(e("x"))<m:sup>\(r("n+1"))</m:sup></m:sSup>\(r("y"))", "x^(n+1)y"),
        ("<m:sSup>\(e("x"))<m:sup>\(r("2"))</m:sup></m:sSup>\(r("y"))", "x^2 y"),
        ("\(r("2"))<m:sSub>\(e("x"))<m:sub>\(r("i"))</m:sub></m:sSub>", "2x_i"),
        ("<m:sSubSup>\(e("x"))<m:sub>\(r("i"))</m:sub><m:sup>\(r("2"))</m:sup></m:sSubSup>", "x_i^2"),
        ("<m:sPre><m:sub>\(r("6"))</m:sub><m:sup>\(r("14"))</m:sup>\(e("C"))</m:sPre>", "_6^14C"),
        ("<m:rad><m:radPr><m:degHide/></m:radPr><m:deg/>\(e("x"))</m:rad>", "√(x)"),
        ("<m:rad><m:deg>\(r("3"))</m:deg>\(e("x"))</m:rad>", "∛(x)"),
        ("<m:rad><m:deg>\(r("n"))</m:deg>\(e("x"))</m:rad>", "√[n](x)"),
        (
            "<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>\(r("i=1"))</m:sub><m:sup>\(r("n"))</m:sup>\(e("i"))</m:nary>",
            "∑_(i=1)^n i"
        ),
        ("<m:nary><m:sub/><m:sup/>\(e("f"))</m:nary>", "∫ f"),
        ("<m:d>\(e("a"))\(e("b"))</m:d>", "(a|b)"),
        (
            "<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:m><m:mr>\(e("1"))\(e("0"))</m:mr><m:mr>\(e("0"))\(e("1"))</m:mr></m:m></m:e></m:d>",
            "[1, 0; 0, 1]"
        ),
        (
            "<m:d><m:dPr><m:begChr m:val='{'/><m:endChr m:val=''/></m:dPr><m:e><m:eqArr>\(e("x, x≥0"))\(e("-x, x&lt;0"))</m:eqArr></m:e></m:d>",
            "{x, x≥0; -x, x<0"
        ),
        ("<m:func><m:fName>\(r("sin"))</m:fName>\(e("θ"))</m:func>", "sin θ"),
        ("\(r("n"))<m:func><m:fName>\(r("cos"))</m:fName><m:e>\(frac)</m:e></m:func>", "n cos (a+b)/2"),
        ("<m:limLow>\(e("lim"))<m:lim>\(r("x→0"))</m:lim></m:limLow>", "lim_(x→0)"),
        ("<m:acc>\(e("x"))</m:acc>", "x\u{302}"),
        ("<m:acc><m:accPr><m:chr m:val='\u{20d7}'/></m:accPr>\(e("AB"))</m:acc>", "vec(AB)"),
        ("<m:bar><m:barPr><m:pos m:val='top'/></m:barPr>\(e("AB"))</m:bar>", "overline(AB)"),
        ("<m:phant><m:phantPr><m:show m:val='0'/></m:phantPr>\(e("x"))</m:phant>\(r("y"))", "y"),
        (r("𝑥ℎ𝟙𝛂𝜋"), "xh1απ"), ("<m:r><m:rPr><m:t>no</m:t></m:rPr><m:t>α</m:t></m:r>", "α"),
    ])
    func ofWord(_ xml: String, _ text: String) throws { #expect(try omml(xml) == text) }

    @Test func formulasOfARealDocument() throws {
        let text = try OfficeReader.read(path: DocumentFixture.path("equations.docx")).text
        for formula in [
            "A=πr^2", "a^2+b^2=c^2", "f(x)=a_0+∑_(n=1)^∞ (a_n cos (nπx)/L+b_n sin (nπx)/L)",
            "(x+a)^n=∑_(k=0)^n (n choose k)x^k a^(n-k)", "e^x=1+x/(1!)+(x^2)/(2!)+(x^3)/(3!)+…, -∞<x<∞", "∰_C 1/z dz",
        ] {
            #expect(text.contains(formula), "\(formula)")
        }
    }

    @Test(arguments: [
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac>", "a/(b+1)"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mi>y</mi>", "x^2 y"), ("<msqrt><mi>x</mi></msqrt>", "√(x)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "√[3](x)"), ("<mn>2</mn><mi>x</mi>", "2x"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi>", "∑_i^n i"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable>", "[1, 0]"),
        ("<semantics><mi>x</mi><annotation>typed</annotation></semantics>", "x"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
    ])
    func ofLibreOffice(_ xml: String, _ text: String) throws {
        #expect(
            OpenDocumentMath.text(of: try XMLElement.parse(Array("<math>\(xml)</math>".utf8), what: "formula")) == text)
    }
}
