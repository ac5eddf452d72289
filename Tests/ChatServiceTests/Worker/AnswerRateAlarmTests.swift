import ChatService
import Support
import TestSupport
import Testing

/// When the alarm sounds: the decision alone.
@Suite("Answer rate alarm")
struct AnswerRateAlarmTests {
    private func tally(_ good: Int, of questions: Int, newest: Int64 = 0) -> AnswerTally {
        AnswerTally(good: good, unanswered: questions - good, newest: Timestamp(milliseconds: newest))
    }

    @Test(
        "Below the threshold, from ten questions on",
        arguments: [
            (4, 10, true), (5, 10, false), (0, 9, false), (0, 10, true), (49, 100, true), (50, 100, false),
            (0, 0, false),
        ])
    func threshold(good: Int, questions: Int, isLow: Bool) {
        var alarm = AnswerRateAlarm()
        #expect(alarm.judge(tally(good, of: questions), isRecent: true, at: .zero) == (isLow ? .low : nil))
        #expect(alarm.isSounding == isLow)
    }

    @Test("Once an episode, again every 15 minutes, and the end is told once")
    func episode() {
        var alarm = AnswerRateAlarm()
        var told: [Int: AnswerRateAlarm.Word] = [:]
        for second in stride(from: 0, through: 3_600, by: 15) {
            let good = (600..<2_700).contains(second) ? 0 : 10
            told[second] = alarm.judge(tally(good, of: 10), isRecent: true, at: .seconds(second))
        }
        #expect(told == [600: .low, 1_500: .low, 2_400: .low, 2_700: .recovered])
    }

    @Test("Silence is no recovery, and old questions are not told about again until another one comes")
    func silence() {
        var alarm = AnswerRateAlarm()
        #expect(alarm.judge(tally(0, of: 10, newest: 1), isRecent: false, at: .zero) == .low)
        #expect(alarm.judge(tally(0, of: 3, newest: 1), isRecent: false, at: .seconds(3_600)) == nil)
        #expect(alarm.isSounding)
        #expect(alarm.judge(tally(0, of: 10, newest: 1), isRecent: false, at: .seconds(7_200)) == nil)
        #expect(alarm.judge(tally(0, of: 10, newest: 2), isRecent: false, at: .seconds(7_201)) == .low)
        #expect(alarm.judge(tally(10, of: 10, newest: 9), isRecent: false, at: .seconds(7_202)) == .recovered)
    }

    @Test("Whatever comes in whatever order: it tells neither too much nor too little", arguments: 0..<UInt64(50))
    func properties(seed: UInt64) {
        var random = LinearCongruential(seed: seed)
        func next(_ count: UInt64) -> Int { Int(random.next() >> 33) % Int(count) }
        var alarm = AnswerRateAlarm()
        var now = Duration.zero
        var lastLow: Duration?
        var newest: Int64 = 0
        for _ in 0..<400 {
            now += .seconds(next(400))
            if next(3) > 0 { newest += 1 }
            let questions = next(25)
            let seen = tally(questions == 0 ? 0 : next(UInt64(questions + 1)), of: questions, newest: newest)
            let isRecent = next(2) == 0
            let wasSounding = alarm.isSounding
            let word = alarm.judge(seen, isRecent: isRecent, at: now)
            let isLow = questions >= 10 && seen.good * 2 < questions
            let isWell = questions >= 10 && !isLow
            switch word {
            case .low?:
                #expect(isLow)
                if wasSounding, let lastLow { #expect(now - lastLow >= .seconds(900)) }
                lastLow = now
            case .recovered?:
                #expect(wasSounding && isWell)
            case nil:
                #expect(!(isLow && !wasSounding), "an episode began in silence")
                #expect(!(isWell && wasSounding), "an episode ended in silence")
                if isLow, isRecent, let lastLow { #expect(now - lastLow < .seconds(900)) }
            }
            #expect(alarm.isSounding == (isLow || wasSounding && !isWell))
        }
    }
}
