using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// One list at a platform, down to its identifiers, as the contracts describe it: which identifiers it takes, whether each is stored on its
/// own or a removal takes the person it matches, whether it responds at once or with jobs that end in any order. Calls fail at random, and
/// lost ones may be executed late.
/// </summary>
internal sealed class ListedPlatform(Platform platform, TimeProvider clock, Random random) : IDestination
{
    private readonly List<HashSet<string>> _rows = [];
    private readonly List<(DateTimeOffset At, Action Apply)> _later = [];
    private readonly Dictionary<string, JobState> _jobs = [];

    /// <summary>The identifiers on the list: kind and text.</summary>
    public HashSet<string> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>The probability that a call fails.</summary>
    public double Trouble { get; set; }

    /// <summary>The next call gets no response and is executed after this time.</summary>
    public TimeSpan? NextIsLostUntil { get; set; }

    /// <summary>The calls, one line each, for the analysis of a failing seed.</summary>
    public List<string> Trace { get; init; } = [];

    public Platform Platform => platform;

    public DestinationLimits Limits { get; } =
        new(3, TimeSpan.FromSeconds(30), OrderedCalls: platform == Platform.Webhook)
        {
            MatchesPeople = platform is Platform.Meta or Platform.Google,
            FirstJobPoll = platform == Platform.Google ? TimeSpan.FromMinutes(1) : null,
        };

    public NormalizerVersion Normalizer => new(1);

    private bool RemovesPeople => platform == Platform.Google;

    /// <summary>What the platform receives for a person.</summary>
    public static HashSet<string> CellsOf(Platform platform, PersonIdentifiers person)
    {
        var cells = new HashSet<string>(StringComparer.Ordinal);
        Add("email", person.Email);
        Add("phone", person.Phone);
        Add("external", platform == Platform.Webhook ? person.CustomerId : null);
        Add("device", platform == Platform.Meta ? person.Details?.DeviceId : null);
        Add("place", platform is Platform.Meta or Platform.Google ? PlaceOf(person) : null);
        return cells;

        void Add(string kind, string? text) => _ = text is null || cells.Add($"{kind}:{text}");
    }

    public void AddShared(in Member member, List<SharedCell> into)
    {
        var cells = CellsOf(platform, member.Identifiers);
        into.AddRange(
            cells
                .Where(cell => PartOf(cell) is IdentifierParts.Device or IdentifierParts.Details)
                .Select(cell => new SharedCell(PartOf(cell), cell))
        );
    }

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) =>
        platform == Platform.Webhook
            ? [.. people.Select(_ => IdentifierChange.Whole)]
            :
            [
                .. people.Select(person =>
                    Compare(CellsOf(platform, person.Was.Identifiers), CellsOf(platform, person.Becomes.Identifiers))
                ),
            ];

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        Settle();
        var rows = call.Members.Select(member => CellsOf(platform, member.Identifiers)).ToList();
        var invalid = rows.Index()
            .Where(row => row.Item.Count == 0)
            .Select(row => new RefusedMember(row.Index, RefusedMember.NoUsableIdentifier))
            .ToList();
        Trace.Add(
            $"{clock.GetUtcNow():dd HH:mm:ss} {platform} {call.Operation} {string.Join(" | ", rows.Select(row => string.Join(' ', row)))}"
        );
        if (invalid.Count == rows.Count)
        {
            return ValueTask.FromResult(new CallResult(Outcome.Done, invalid, []));
        }

        if (NextIsLostUntil is { } later)
        {
            NextIsLostUntil = null;
            return ValueTask.FromResult(LostUntil(later, () => Apply(call.Operation, rows)));
        }

        var trouble = random.NextDouble() < Trouble ? random.Next(7) : -1;
        Trace[^1] += trouble < 0 ? "" : $" trouble {trouble}";
        return ValueTask.FromResult(
            trouble switch
            {
                0 => Lost(),
                1 => Lost(() => Apply(call.Operation, rows)),
                2 => LostUntil(TimeSpan.FromMinutes(1 + random.Next(8)), () => Apply(call.Operation, rows)),
                3 => new CallResult(new Outcome(OutcomeKind.Snooze, "throttled", TimeSpan.FromMinutes(1)), [], []),
                4 => throw new OperationCanceledException("The process died before the call."),
                5 => Died(() => Apply(call.Operation, rows)),
                6 when !Limits.UsesJobs && invalid.Count == 0 => Refused(call.Operation, rows),
                _ => Taken(call.Operation, rows, invalid, trouble),
            }
        );
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken)
    {
        Settle();
        var state = _jobs[job.Value];
        Trace.Add($"{clock.GetUtcNow():dd HH:mm:ss} {platform} {job.Value} {state}");
        return ValueTask.FromResult(new JobReport(state, [], state.ToString(), PollAgainAfter: TimeSpan.FromMinutes(1)));
    }

    /// <summary>Executes what is due.</summary>
    public void Settle()
    {
        foreach (var one in _later.Where(one => one.At <= clock.GetUtcNow()).OrderBy(one => one.At).ToList())
        {
            _later.Remove(one);
            one.Apply();
        }
    }

    private CallResult Taken(MemberOperation operation, List<HashSet<string>> rows, List<RefusedMember> invalid, int trouble)
    {
        if (!Limits.UsesJobs)
        {
            Apply(operation, rows);
            return new CallResult(Outcome.Done, invalid, []);
        }

        var handle = $"job{_jobs.Count}";
        var fails = trouble == 6;
        _jobs[handle] = JobState.Running;
        _later.Add(
            (
                clock.GetUtcNow() + TimeSpan.FromMinutes(1 + random.Next(20)),
                () =>
                {
                    _jobs[handle] = fails ? JobState.Failed : JobState.Confirmed;
                    if (!fails)
                    {
                        Apply(operation, rows);
                    }
                }
            )
        );
        return new CallResult(Outcome.Done, invalid, [], Job: new JobHandle(handle), HttpStatus: 200);
    }

    // The first member is refused by name, and the call has no effect on them.
    private CallResult Refused(MemberOperation operation, List<HashSet<string>> rows)
    {
        Apply(operation, rows[1..]);
        return new CallResult(new Outcome(OutcomeKind.PartlyDone, "partly"), [], [new RefusedMember(0, "refused")], 1);
    }

    private static CallResult Lost(Action? apply = null)
    {
        apply?.Invoke();
        return new CallResult(new Outcome(OutcomeKind.Retry, "timeout"), [], []);
    }

    private static CallResult Died(Action apply)
    {
        apply();
        throw new OperationCanceledException("The process died before the answer.");
    }

    private CallResult LostUntil(TimeSpan after, Action apply)
    {
        _later.Add((clock.GetUtcNow() + after, apply));
        return Lost();
    }

    private void Apply(MemberOperation operation, List<HashSet<string>> rows)
    {
        Trace.Add(
            $"{clock.GetUtcNow():dd HH:mm:ss}   executed at {platform}: {operation} "
                + string.Join(" | ", rows.Select(row => string.Join(' ', row)))
        );
        foreach (var row in rows)
        {
            if (operation == MemberOperation.Add)
            {
                _rows.Add(row);
                Held.UnionWith(row);
                continue;
            }

            // A person who is matched by any of the cells is removed with all of their cells.
            foreach (var matched in RemovesPeople ? _rows.FindAll(row.Overlaps) : [])
            {
                _rows.Remove(matched);
                Held.ExceptWith(matched);
            }

            Held.ExceptWith(row);
        }
    }

    private IdentifierChange Compare(HashSet<string> was, HashSet<string> becomes)
    {
        var gone = was.Except(becomes).Aggregate(IdentifierParts.None, (parts, cell) => parts | PartOf(cell));
        var shared = was.Overlaps(becomes);
        if (gone == IdentifierParts.None)
        {
            return new IdentifierChange(was.SetEquals(becomes), gone, shared);
        }

        var apart =
            platform == Platform.TikTok
            || (
                platform == Platform.Meta
                && !gone.HasFlag(IdentifierParts.Details)
                && becomes.Any(cell => PartOf(cell) != IdentifierParts.Details)
            );
        return apart && shared ? new IdentifierChange(Same: false, gone, Shared: true) : IdentifierChange.Whole;
    }

    private static IdentifierParts PartOf(string cell) =>
        cell[..cell.IndexOf(':', StringComparison.Ordinal)] switch
        {
            "email" => IdentifierParts.Email,
            "phone" => IdentifierParts.Phone,
            "external" => IdentifierParts.ExternalId,
            "device" => IdentifierParts.Device,
            _ => IdentifierParts.Details,
        };

    private static string? PlaceOf(PersonIdentifiers person) =>
        person.Details is { FirstName: { } first, LastName: { } last, PostalCode: { } code, Country: { } country }
            ? $"{first} {last} {code} {country}"
            : null;
}
