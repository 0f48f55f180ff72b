namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What follows from a call and its response: the changes of the ledger and of residual deliveries, a result for each member, and the state
/// of the lane. Pure, so that the complete decision is this table; the loops only write it.
/// <para>
/// <b>Conclusive</b> is an outcome after which every member of the call is settled, in the ledger or as a residual delivery: only then may
/// the lane's position move. What a refusal means for a member is defined at <see cref="Refusals"/>, what it means for the lane at
/// <see cref="LaneRule"/>.
/// </para>
/// </summary>
/// <param name="Outcome">Of the call.</param>
/// <param name="IsConclusive">Whether the lane may move over the members of the call.</param>
/// <param name="Ledger">The ledger rows that change; all others stay as the intent left them.</param>
/// <param name="Residuals">Former deliveries that could not be removed, or that are finally removed.</param>
/// <param name="Lane">The lane, the remote audience and the account from now on.</param>
/// <param name="Sizing">For the next call of the lane.</param>
public sealed record DeliveryOutcome(
    Outcome Outcome,
    bool IsConclusive,
    IReadOnlyList<LedgerChange> Ledger,
    IReadOnlyList<ResidualChange> Residuals,
    LaneState Lane,
    CallSizing Sizing
)
{
    // What is not the same as the result of the rest, by index in the call.
    private IReadOnlyDictionary<int, string>? Named { get; init; }

    private string Unnamed { get; init; } = "";

    /// <param name="call">The call.</param>
    /// <param name="answer">The response.</param>
    /// <param name="lane">The lane before.</param>
    /// <param name="place">The position to which the lane moves when the outcome is conclusive; null to leave it.</param>
    /// <param name="now">When the response arrived.</param>
    /// <param name="chance">A random number in [0, 1), for waits.</param>
    public static DeliveryOutcome Of(
        DeliveryCall call,
        CallAnswer answer,
        in LaneProgress lane,
        long? place,
        DateTimeOffset now,
        double chance
    )
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(answer);
        var members = MembersOf(call, answer);
        var isSplit = answer.Outcome.Kind == OutcomeKind.SplitBatch;

        // Removals of which some were refused without being named. Without the members that it named, the next call may name others; when
        // it names none, the next call has fewer members.
        var isHidden = answer.HidesNames && call is { Operation: MemberOperation.Remove, Sent: > 1 };
        var isConclusive = isSplit ? call.Deliveries.Count == 1 : answer.IsAccepted && !isHidden;
        var sizing =
            isSplit || (isHidden && members.IsEmpty) ? CallSizing.Refused
            : isConclusive ? CallSizing.Accepted
            : CallSizing.Unchanged;
        return new DeliveryOutcome(
            answer.Outcome,
            isConclusive,
            members.Ledger,
            members.Residuals,
            LaneOf(answer, lane, isConclusive, sizing, place, now, chance),
            sizing
        )
        {
            Named = members.Results,
            Unnamed = DeliveryResults.OfRest(answer.Outcome, answer.HidesNames, answer.HasJob),
        };
    }

    /// <summary>The result of a delivery, by its index in the call: see <see cref="DeliveryResults"/>.</summary>
    public string ResultOf(int index) => Named is { } named && named.TryGetValue(index, out var result) ? result : Unnamed;

    /// <summary>
    /// Members of a removal whom the platform no longer has and whose membership ended at a known time: not those whom a job removes, or
    /// who were refused.
    /// </summary>
    public IReadOnlyList<MemberDelivery> GoneOf(DeliveryCall call, CallAnswer answer)
    {
        if (call.Operation != MemberOperation.Remove || !answer.IsMade || answer.HasJob)
        {
            return [];
        }

        var absent = Ledger.Where(change => change.Entry.Status == LedgerStatus.Absent).Select(change => change.Person).ToHashSet();
        return [.. call.Deliveries.Where(delivery => delivery.EndedAt is not null && absent.Contains(delivery.Person))];
    }

    private static LaneState LaneOf(
        CallAnswer answer,
        in LaneProgress lane,
        bool isConclusive,
        CallSizing sizing,
        long? place,
        DateTimeOffset now,
        double chance
    )
    {
        var refusals = sizing switch
        {
            CallSizing.Refused => lane.Refusals + 1,
            CallSizing.Accepted => 0,
            _ => lane.Refusals,
        };
        if (!isConclusive)
        {
            return LaneRule.Failed(lane with { Refusals = refusals }, answer, now, chance);
        }

        var accepted = LaneRule.Accepted(lane, place, answer, now);

        // One bad row after another and no member accepted: the members are not the cause.
        return refusals < RetryBounds.MaxConsecutiveRefusals
            ? accepted
            : LaneRule.Parked(accepted with { FailingSince = now, AnswerAt = now }, answer.Outcome.Code);
    }

    private static Changes MembersOf(DeliveryCall call, CallAnswer answer)
    {
        var kind = answer.Outcome.Kind;
        if (kind == OutcomeKind.SplitBatch && call.Deliveries.Count == 1)
        {
            // Alone in the call, so this member causes the refusal.
            var alone = new Changes(1);
            alone.Add(0, MemberOutcome.Refused(call.Operation, call.Deliveries[0], answer.Outcome.Code));
            return alone;
        }

        var changes = new Changes(answer.IsMade || call.Unsent.Count > 0 ? call.Deliveries.Count : 0);
        if (call.Operation == MemberOperation.Add && Refusals.RefusesAll(kind) && answer.IsMade)
        {
            for (var i = 0; i < call.Deliveries.Count; i++)
            {
                changes.Add(i, MemberOutcome.AsBefore(call.Deliveries[i]));
            }

            return changes;
        }

        foreach (var (index, reason) in call.Unsent)
        {
            changes.Add(index, MemberOutcome.Skipped(call.Operation, call.Deliveries[index], reason));
        }

        if (answer.IsAccepted)
        {
            AddSent(changes, call, answer);
        }

        return changes;
    }

    private static void AddSent(Changes changes, DeliveryCall call, CallAnswer answer)
    {
        var (refused, invalid) = (ByIndex(answer.Rejected), ByIndex(answer.Invalid));
        var hides = answer.HidesNames;
        var row = -1;
        foreach (var index in call.SentIndexes())
        {
            row++;
            var delivery = call.Deliveries[index];
            if (refused is not null && refused.TryGetValue(row, out var why))
            {
                changes.Add(index, MemberOutcome.Refused(call.Operation, delivery, why));
            }
            else if (invalid is not null && invalid.TryGetValue(row, out var unusable))
            {
                changes.Add(index, MemberOutcome.Skipped(call.Operation, delivery, unusable));
            }
            else if (!hides || call.Operation == MemberOperation.Add)
            {
                changes.Add(
                    index,
                    MemberOutcome.Accepted(call.Operation, delivery, answer.HasJob ? row : null, hides ? answer.Outcome.Code : null)
                );
            }
            else if (call.Sent == 1)
            {
                changes.Add(index, MemberOutcome.Refused(call.Operation, delivery, answer.Outcome.Code));
            }
        }
    }

    private static Dictionary<int, string>? ByIndex(IReadOnlyList<RefusedMember> members)
    {
        if (members.Count == 0)
        {
            return null;
        }

        var reasons = new Dictionary<int, string>(members.Count);
        foreach (var member in members)
        {
            reasons[member.Index] = member.Reason;
        }

        return reasons;
    }

    // Collects the outcomes of the members in lists: a call may have thousands.
    private sealed class Changes(int capacity)
    {
        public List<LedgerChange> Ledger { get; } = new(capacity);

        public List<ResidualChange> Residuals { get; } = [];

        public Dictionary<int, string>? Results { get; private set; }

        public bool IsEmpty => Ledger.Count + Residuals.Count == 0;

        public void Add(int index, in MemberOutcome member)
        {
            if (member.Ledger is { } ledger)
            {
                Ledger.Add(ledger);
            }

            if (member.Residual is { } residual)
            {
                Residuals.Add(residual);
            }

            if (member.Late is { } late)
            {
                Residuals.Add(late);
            }

            if (member.Result is { } result)
            {
                (Results ??= [])[index] = result;
            }
        }
    }
}
