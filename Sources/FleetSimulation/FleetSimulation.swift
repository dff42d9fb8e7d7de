import BillingModel
import MirrorLog

/// A fleet of accounts living through months of billing, and the mirror log that it leaves.
///
/// Nothing here reads a clock or a global source of randomness: the plan is all, and the same plan
/// gives the same bytes. Accounts live day by day, so that what is held in memory is the accounts
/// and the lines of the days under way, never the whole log.
package enum FleetSimulation {
    /// Simulates a fleet.
    ///
    /// - Parameters:
    ///   - plan: What the fleet is made of.
    ///   - writeRecord: Takes each line of the log, line feed included, in order of arrival.
    ///   - writeTruth: Takes each line of the truth, see ``TruthEntry``, in order of time.
    /// - Returns: What was written.
    /// - Throws: ``FleetPlanError`` where the plan can't be carried out, and what the closures throw.
    @discardableResult
    package static func run(
        plan: FleetPlan,
        writeRecord: ([UInt8]) throws -> Void,
        writeTruth: ([UInt8]) throws -> Void
    ) throws -> FleetSummary {
        let cast = try Casting(plan: plan).cast
        var mirror = MirrorStream(plan: plan)
        var lives: [Life] = []
        var days = [[Appointment]](repeating: [], count: plan.days)
        let calendar = Calendar(plan: plan)
        lives.reserveCapacity(cast.parts.count)
        for (number, part) in cast.parts.enumerated() {
            var life = Life(number: number, part: part, plan: plan)
            mirror.accept(&life)
            lives.append(life)
            for appointment in calendar.appointments(of: number, part.role) {
                days[day(of: appointment, plan)].append(appointment)
            }
        }
        for (day, appointments) in days.enumerated() {
            for appointment in appointments {
                lives[appointment.account].keep(appointment)
                mirror.accept(&lives[appointment.account])
            }
            let midnight = plan.start.advanced(by: .days(Int64(day) + 1))
            try mirror.deliver(before: midnight, writeRecord)
        }
        try mirror.finish(writeRecord)
        let truth = lives.flatMap(\.truth).sorted {
            ($0.at, $0.account.rawValue) < ($1.at, $1.account.rawValue)
        }
        for entry in truth { try writeTruth(entry.line) }
        return FleetSummary(
            accounts: lives.count,
            records: mirror.records,
            unreadable: mirror.unreadable,
            bytes: mirror.bytes,
            truth: truth
        )
    }

    private static func day(of appointment: Appointment, _ plan: FleetPlan) -> Int {
        let elapsed = appointment.at.since(plan.start).microseconds
        let day = Int(elapsed / TimeSpan.days(1).microseconds)
        return min(max(0, day), plan.days - 1)
    }
}

/// What a simulation wrote.
package struct FleetSummary: Sendable {
    /// How many accounts there are.
    package var accounts: Int
    /// How many lines can be read, redeliveries and marks included.
    package var records: Int
    /// How many lines can't be read.
    package var unreadable: Int
    /// The size of the log.
    package var bytes: Int
    /// What was done wrong, in order of time.
    package var truth: [TruthEntry]
}
