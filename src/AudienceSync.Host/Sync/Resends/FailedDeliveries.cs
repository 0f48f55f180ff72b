using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Resends;

/// <summary>The result of a request.</summary>
public enum ResendAnswer
{
    Done = 1,
    UnknownTarget,

    /// <summary>The author or the reason is not valid.</summary>
    InvalidNote,

    /// <summary>The time is not valid.</summary>
    InvalidWindow,

    /// <summary>The account is stopped: nothing would be sent.</summary>
    Stopped,

    /// <summary>The platform still refuses the token, a permission or its terms: everything would fail again.</summary>
    CheckFailed,
}

/// <summary>What a request led to.</summary>
/// <param name="Answer">The result. Of a dry run: what the request would be answered.</param>
/// <param name="Code">The platform's code, when it is stopped or the check failed.</param>
/// <param name="Lists">What is sent, or would be.</param>
/// <param name="Resend">The number of the request; null for a dry run and for a refusal.</param>
public sealed record ResendResult(ResendAnswer Answer, string? Code, IReadOnlyList<ResendList> Lists, long? Resend);

/// <summary>
/// Sends again what failed in a time, once its cause is corrected. It is driven by levels: the people whose deliveries failed get what is
/// desired of them today, so it may be requested any number of times, and nobody who left since is added again.
/// </summary>
/// <param name="table">Finds and marks them.</param>
/// <param name="connectors">The connectors, by ad account.</param>
/// <param name="clock">When it is requested.</param>
public sealed class FailedDeliveries(ResendStore table, IReadOnlyDictionary<string, IDestination> connectors, TimeProvider clock)
{
    // What a new token or an agreement corrects. What is wrong with single audiences, calls will show.
    private static readonly string[] OfCredentials = ["token", "permission", "terms"];

    /// <param name="window">The time.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <param name="by">The author.</param>
    /// <param name="why">The reason.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<ResendResult> ResendAsync(
        ResendWindow window,
        bool dryRun,
        string by,
        string? why,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(window);
        if (!OperatorNote.Fit(by, why))
        {
            return Refused(ResendAnswer.InvalidNote);
        }

        if (!window.IsValid)
        {
            return Refused(ResendAnswer.InvalidWindow);
        }

        var lists = await table.PlanAsync(window, cancellationToken);
        if (lists.Count == 0 || !connectors.TryGetValue(window.Destination, out var connector))
        {
            return Refused(ResendAnswer.UnknownTarget);
        }

        var (answer, code) = await ReadyAsync(window.Destination, connector, lists, cancellationToken);
        long? resend =
            dryRun || answer != ResendAnswer.Done ? null : await table.MarkAsync(window, by, why, clock.GetUtcNow(), cancellationToken);
        return new ResendResult(answer, code, lists, resend);
    }

    /// <summary>The last requests.</summary>
    public Task<IReadOnlyList<ResendView>> ReadAsync(CancellationToken cancellationToken) => table.ReadAsync(cancellationToken);

    private static ResendResult Refused(ResendAnswer answer) => new(answer, Code: null, [], Resend: null);

    // First the cause, then the members: otherwise each of them fails once more.
    private async Task<(ResendAnswer Answer, string? Code)> ReadyAsync(
        string destination,
        IDestination connector,
        List<ResendList> lists,
        CancellationToken cancellationToken
    )
    {
        if (await table.StoppedCodeAsync(destination, cancellationToken) is { } stopped)
        {
            return (ResendAnswer.Stopped, stopped);
        }

        if (connector is not IChecks checks)
        {
            return (ResendAnswer.Done, null);
        }

        var findings = await checks.CheckAsync([.. lists.Select(list => new RemoteAudienceId(list.Remote))], cancellationToken);
        return findings.FirstOrDefault(finding => finding.State == CheckState.Bad && OfCredentials.Contains(finding.What)) is { } bad
            ? (ResendAnswer.CheckFailed, bad.Code)
            : (ResendAnswer.Done, null);
    }
}
