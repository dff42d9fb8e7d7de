import BillingModel

/// Gives out the parts such that each defect comes out exactly as often as the plan says.
struct Casting {
    private(set) var cast: Cast

    /// Casts a plan.
    ///
    /// Races that arise by themselves count, so the accounts that are left to race are lived
    /// through once ahead; only the rest is planted.
    init(plan: FleetPlan) throws(FleetPlanError) {
        cast = Cast(plan: plan)
        let contended = try cast.assign(
            .contended,
            to: plan.contended,
            as: "contended",
            of: plan,
            where: { $0.losesSubscriptions }
        )
        let arisen = contended.reduce(0) { $0 + Self.races(of: $1, cast.parts[$1], plan) }
        for story in DefectStory.all {
            let wanted = plan.defects.first { $0.value == story.defect }?.weight ?? 0
            var shares = [Int](repeating: 1, count: wanted)
            switch story.defect {
            case .race:
                guard arisen <= wanted else {
                    throw FleetPlanError(
                        "defects.race: \(arisen) arise by themselves, more than \(wanted)"
                    )
                }
                shares.removeLast(arisen)
            case .missingUnflag:
                shares = Self.subscriptions(wanted, plan)
            default:
                break
            }
            let victims = try cast.assign(
                .victim(story.defect),
                to: shares.count,
                as: "defects.\(story.defect.rawValue)",
                of: plan,
                where: story.suits
            )
            guard story.defect == .missingUnflag else { continue }
            for (victim, share) in zip(victims, shares) {
                cast.setSubscriptions(share, of: victim)
            }
        }
    }

    private static func races(of account: Int, _ part: Part, _ plan: FleetPlan) -> Int {
        var life = Life(number: account, part: part, plan: plan)
        for appointment in Calendar(plan: plan).appointments(of: account, part.role) {
            life.keep(appointment)
        }
        return life.truth.filter { $0.classes.contains(.race) }.count
    }

    /// Deals a number of subscriptions to accounts, one to three each.
    private static func subscriptions(_ total: Int, _ plan: FleetPlan) -> [Int] {
        var random = SplitMix64(seed: plan.seed &+ 1)
        var shares: [Int] = []
        var rest = total
        while rest > 0 {
            let share = min(rest, random.within(1...3))
            shares.append(share)
            rest -= share
        }
        return shares
    }
}
