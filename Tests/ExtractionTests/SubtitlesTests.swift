import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct SubtitlesTests {
    private func read(_ text: String) throws -> ExtractedDocument {
        try SubtitleReader.read(try TextFixture.decoded(text))
    }

    @Test func cuesBecomeParagraphsWithTimes() throws {
        let document = try read(
            "\u{feff}1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>Olá, turma.</i>\r\nHoje veremos\r\n\r\n2\r\n"
                + "00:00:03,600 --> 00:00:06,000\r\n{\\an8}recursão &amp; pilhas.\r\n\r\n3\r\n"
                + "01:02:03,600 --> 01:02:06,000\r\nPergunta?\r\n")
        #expect(document.listing == ["paragraph: Olá, turma. Hoje veremos recursão & pilhas.", "paragraph: Pergunta?"])
        #expect(document.markKind == .time && document.mediaType == "application/x-subrip")
        #expect(document.place(of: document.blocks[0].range) == "00:00:01–00:00:06")
        #expect(document.place(of: document.blocks[1].range) == "01:02:03–01:02:06")
    }

    @Test func webVTTWithAllItHas() throws {
        let document = try read(
            """
            WEBVTT - Aula 3
            Language: pt-BR

            STYLE
            ::cue { color: red }

            NOTE Nada disto aparece.
            Nem isto.

            introducao
            00:01.000 --> 00:04.000 align:start position:0%
            <v Ana Júlia>Bom dia, <c.amarelo>turma</c>.

            00:04.500 --> 00:06.000
            <v Ana Júlia>Sentem-se<00:05.000>, por favor.

            00:06.100 --> 00:07.000
            <v Beto>Bom dia! 2 < 3
            """)
        #expect(
            document.listing == [
                "paragraph: Ana Júlia: Bom dia, turma. Sentem-se, por favor.", "paragraph: Beto: Bom dia! 2 < 3",
            ])
        #expect(document.title == "Aula 3" && document.mediaType == "text/vtt")
    }

    @Test func rollingCaptionsAreSaidOnce() throws {
        let document = try read(
            """
            WEBVTT

            00:00:00.000 --> 00:00:02.000
            olá a todos

            00:00:02.000 --> 00:00:02.010
            olá a todos

            00:00:02.010 --> 00:00:04.000
            olá a todos
            hoje vamos falar

            00:00:04.000 --> 00:00:06.000
            hoje vamos falar
            de grafos
            """)
        #expect(document.text == "olá a todos hoje vamos falar de grafos")
    }

    @Test func longTalkIsCutAtSentences() throws {
        let cues = (0..<200).map { number in
            "\(number + 1)\n\(SubtitleCue.clock(number * 2_000)),000 --> \(SubtitleCue.clock(number * 2_000 + 2_000)),000\n"
                + "esta é a frase número \(number) da aula\(number % 3 == 2 ? "." : "")\n"
        }
        let document = try read(cues.joined(separator: "\n"))
        #expect(document.blocks.count > 5 && document.blocks.allSatisfy { $0.range.count < 1_400 })
        #expect(document.listing.dropLast().allSatisfy { $0.hasSuffix(".") })
    }

    @Test func timesOfEveryShape() throws {
        #expect(SubtitleCue.times(in: "1:02 --> 1:03.5").map { [$0.start, $0.end] } == [62_000, 63_500])
        #expect(SubtitleCue.times(in: "00:00:01,5 --> 00:00:02.25")?.end == 2_250)
        for line in [
            "--> 00:01", "00:01 -> 00:02", "a:b --> c:d", "99999:00 --> 1:00", "1 --> 2", "0:1:2:3 --> 1:00", "",
        ] {
            #expect(SubtitleCue.times(in: line) == nil, "\(line)")
        }
        #expect(throws: IngestError.blank) { try read("WEBVTT\n\n") }
    }

    @Test func mutationsNeverTrap() throws {
        let bytes = Array(
            "WEBVTT x\n\nNOTE a\n\n1\n00:00:01,000 --> 00:00:03,500\n<v Á>é <b>\n{\\an8}b\n\n2\n00:03 --> 00:05\né <b>\nc"
                .utf8)
        var random = LinearCongruential(seed: 9)
        for _ in 0..<500 {
            guard let decoded = TextDecoder.decode(TextFixture.mutated(bytes, &random)) else { continue }
            if let document = try? SubtitleReader.read(decoded) { #expect(document.isConsistent) }
        }
    }
}
