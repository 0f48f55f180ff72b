using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Faults around one call.</summary>
internal enum PlatformFault
{
    None,
    LostUnapplied,
    LostApplied,
    CanceledUnapplied,
    CanceledApplied,
    Throttled,
    TooLarge,
    Unknown,
    AudienceStopped,
    AccountStopped,

    /// <summary>The call is refused as a whole, even with a single member.</summary>
    CallRefused,

    /// <summary>The second half of the call is not executed, and the response does not name its members.</summary>
    Unnamed,

    /// <summary>The first member of the call is refused by name, and the call has no effect on them.</summary>
    FirstRefused,

    /// <summary>The audience is too small or being computed.</summary>
    NotEditable,
}

/// <summary>A remote audience as the contracts describe it, a set of digests, with faults on demand.</summary>
internal sealed class ScriptedPlatform(int membersPerCall) : IDestination
{
    public static readonly TimeSpan ThrottleWait = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan NotEditableWait = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> _everSent = [];

    public HashSet<string> Members { get; } = [];

    public List<MemberCall> Calls { get; } = [];

    public Func<MemberCall, PlatformFault> Fault { get; set; } = _ => PlatformFault.None;

    /// <summary>A response in place of any fault, with no effect; null for none.</summary>
    public Func<MemberCall, Outcome?> Instead { get; set; } = _ => null;

    /// <summary>Runs while a call is in progress, after it was applied.</summary>
    public Func<MemberCall, Task> During { get; set; } = _ => Task.CompletedTask;

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; init; } = new(membersPerCall, TimeSpan.FromSeconds(30), OrderedCalls: false);

    /// <summary>The usage reported in the response headers.</summary>
    public AccountUsage? Usage { get; set; }

    public NormalizerVersion Normalizer { get; set; } = new(1);

    /// <summary>Refused by name, always.</summary>
    public static bool Refuses(string email) => email.StartsWith("refused", StringComparison.Ordinal);

    /// <summary>Fails any call that contains it.</summary>
    public static bool FailsTheCall(string email) => email.StartsWith("fails", StringComparison.Ordinal);

    public static string Digest(string email, NormalizerVersion normalizer) => $"{email}/{normalizer.Value}";

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        call.Members.Count.ShouldBeInRange(1, Limits.MembersPerCall);
        Calls.Add(call);
        if (call.Operation == MemberOperation.Add)
        {
            _everSent.UnionWith(call.Members.Select(member => Digest(member.Identifiers.Email!, member.Normalizer)));
        }

        if (Instead(call) is { } instead)
        {
            return new CallResult(instead, [], []);
        }

        var fault = Fault(call);
        if (Unapplied(fault, call.Members.Count) is { } answer)
        {
            return answer;
        }

        if (call.Members.Any(member => FailsTheCall(member.Identifiers.Email!)))
        {
            return Answer(OutcomeKind.SplitBatch, "row_fails_batch");
        }

        Apply(
            fault switch
            {
                PlatformFault.Unnamed when call.Members.Count > 1 => call with { Members = [.. call.Members.Take(call.Members.Count / 2)] },
                PlatformFault.FirstRefused => call with { Members = [.. call.Members.Skip(1)] },
                _ => call,
            }
        );
        await During(call);
        return fault switch
        {
            PlatformFault.Unnamed when call.Members.Count > 1 => new CallResult(
                new Outcome(OutcomeKind.PartlyDone, "some_refused"),
                [],
                []
            ),
            PlatformFault.FirstRefused => new CallResult(
                new Outcome(OutcomeKind.PartlyDone, "partly"),
                [],
                [new RefusedMember(0, "first_refused")],
                1
            ),
            PlatformFault.LostApplied => Answer(OutcomeKind.Retry, "timeout"),
            PlatformFault.CanceledApplied => throw new OperationCanceledException("Crashed before the answer."),
            _ => Taken(call),
        };
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) => throw new NotSupportedException();

    // A single member is never too many.
    private static CallResult? Unapplied(PlatformFault fault, int members) =>
        fault switch
        {
            PlatformFault.LostUnapplied => Answer(OutcomeKind.Retry, "timeout"),
            PlatformFault.CanceledUnapplied => throw new OperationCanceledException("Crashed before the call."),
            PlatformFault.Throttled => Answer(OutcomeKind.Snooze, "throttled", ThrottleWait),
            PlatformFault.TooLarge when members > 1 => Answer(OutcomeKind.SplitBatch, "too_large"),
            PlatformFault.CallRefused => Answer(OutcomeKind.SplitBatch, "row_fails_batch"),
            PlatformFault.NotEditable => Answer(OutcomeKind.Retry, "test_not_editable", NotEditableWait),
            PlatformFault.Unknown => Answer(OutcomeKind.Retry, "test_unknown_999"),
            PlatformFault.AudienceStopped => Answer(OutcomeKind.StopAudience, "audience_gone"),
            PlatformFault.AccountStopped => Answer(OutcomeKind.StopAccount, "token_expired"),
            _ => null,
        };

    private static CallResult Answer(OutcomeKind kind, string code, TimeSpan? wait = null) => new(new Outcome(kind, code, wait), [], []);

    private CallResult Taken(MemberCall call)
    {
        var refused = call
            .Members.Index()
            .Where(member => Refuses(member.Item.Identifiers.Email!))
            .Select(member => new RefusedMember(member.Index, "refused_by_name"))
            .ToList();
        return new CallResult(
            refused.Count == 0 ? Outcome.Done : new Outcome(OutcomeKind.PartlyDone, "partly"),
            [],
            refused,
            refused.Count,
            Usage: Usage
        );
    }

    private void Apply(MemberCall call)
    {
        foreach (var member in call.Members)
        {
            var digest = Digest(member.Identifiers.Email!, member.Normalizer);
            if (call.Operation == MemberOperation.Remove)
            {
                _everSent.ShouldContain(digest, "only members that we added or tried to add are removed");
                Members.Remove(digest);
                continue;
            }

            if (!Refuses(member.Identifiers.Email!))
            {
                Members.Add(digest);
            }
        }
    }
}
