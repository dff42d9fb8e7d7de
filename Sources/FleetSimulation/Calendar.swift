import BillingModel

/// What is planned for an account.
enum Story {
    /// The next turn of ordinary life, drawn from the plan.
    case ordinary
    /// An invoice that is paid at once, to make the account known.
    case opening
    /// Payment, drift run and new bad debt meet.
    case contended
    /// A defect happens.
    case defect(Defect)
}

/// A story and when it begins, at the earliest.
struct Appointment {
    var at: Instant
    var account: Int
    /// Its place among the account's stories; each has random numbers of its own.
    var chapter: Int
    var story: Story
}

/// Who has what planned for when.
struct Calendar {
    private let plan: FleetPlan

    init(plan: FleetPlan) {
        self.plan = plan
    }

    /// The stories of an account, in order.
    func appointments(of account: Int, _ role: Role) -> [Appointment] {
        var random = SplitMix64(seed: ~plan.seed, account: account, chapter: 0)
        switch role {
        case .ordinary, .debtor:
            return ordinaryLife(of: account, &random)
        case .contended:
            return [once(.contended, account, &random)]
        case .victim(.race), .victim(.inflatedDebt):
            guard case .victim(let defect) = role else { return [] }
            return [once(.defect(defect), account, &random)]
        case .victim(let defect):
            let opening = Appointment(
                at: plan.start.advanced(by: seconds(60...4 * 86_400, &random)),
                account: account,
                chapter: 1,
                story: .opening
            )
            return [opening, once(.defect(defect), account, &random)]
        }
    }

    private func ordinaryLife(of account: Int, _ random: inout SplitMix64) -> [Appointment] {
        var appointments: [Appointment] = []
        let every = Int(plan.billing.every.microseconds / 1_000_000)
        var at = plan.start.advanced(by: seconds(60...max(61, every), &random))
        while at < plan.end.advanced(by: .days(-2)) {
            appointments.append(
                Appointment(
                    at: at,
                    account: account,
                    chapter: appointments.count + 1,
                    story: .ordinary
                )
            )
            at = at.advanced(by: seconds(every * 9 / 10...every * 11 / 10, &random))
        }
        return appointments
    }

    /// Something that happens once, when the account is known and early enough to come to its end.
    private func once(_ story: Story, _ account: Int, _ random: inout SplitMix64) -> Appointment {
        let room = plan.days * 86_400 - Int(DefectStory.span.microseconds / 1_000_000)
        let at = plan.start.advanced(by: seconds(6 * 86_400...max(6 * 86_400, room), &random))
        return Appointment(at: at, account: account, chapter: 2, story: story)
    }

    private func seconds(_ range: ClosedRange<Int>, _ random: inout SplitMix64) -> TimeSpan {
        TimeSpan(
            microseconds: Int64(random.within(range)) * 1_000_000 + Int64(random.below(1000)) * 1000
        )
    }
}

extension Life {
    /// Lives through what was planned, once what came before is over.
    mutating func keep(_ appointment: Appointment) {
        let free = now.advanced(by: .seconds(6 * 3600))
        now = appointment.chapter > 1 ? max(appointment.at, free) : appointment.at
        random = SplitMix64(seed: plan.seed, account: number, chapter: appointment.chapter)
        chapter = Chapter(opening: state)
        switch appointment.story {
        case .opening: payAtOnce()
        case .contended: contend()
        case .defect(let defect):
            DefectStory.all.first { $0.defect == defect }?.tell(&self)
        case .ordinary:
            if let story = nextTurn() { live(story) }
        }
        settle()
    }

    /// The next turn of ordinary life: what the plan's weights say, where it suits the account and
    /// comes to its end in time; else a payment, else a drift run, else nothing.
    private mutating func nextTurn() -> HealthyStory? {
        let drawn = random.pick(plan.billing.outcomes)
        return [drawn, .paid, .driftRun].lazy.compactMap { $0 }.first {
            $0.suits(state) && now.advanced(by: $0.span) <= plan.end
        }
    }
}
