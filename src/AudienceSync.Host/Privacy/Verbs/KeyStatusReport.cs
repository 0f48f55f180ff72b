using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy.Verbs;

/// <summary><c>keys status</c>: the versions, what is sealed under each, and how long an older one must be kept.</summary>
internal sealed class KeyStatusReport(string connectionString, MasterKeys keys, TimeProvider clock)
{
    internal static readonly JsonSerializerOptions JsonForm = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>One version. <paramref name="Held"/>: it is in the key file.</summary>
    internal sealed record KnownVersion(short Version, bool Held, bool Seals, DateTimeOffset? FirstSeen, DateTimeOffset? RetiredAt);

    /// <summary>
    /// <paramref name="NeededUntil"/> is the day on which retention has removed all rows of the kind; null where there is no such day.
    /// </summary>
    internal sealed record SealedUnder(string Workspace, string Kind, short Version, long Rows, DateOnly? NeededUntil, string Needs);

    internal sealed record Report(List<KnownVersion> Versions, List<SealedUnder> Rows, List<WorkspaceRotation> Rotations);

    internal sealed record WorkspaceRotation(string Workspace, RotationProgress Progress);

    public async Task<int> PrintAsync(TextWriter output, bool json, CancellationToken cancellationToken)
    {
        var report = await ReadAsync(cancellationToken);
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, JsonForm));
            return ExitCodes.Done;
        }

        foreach (var known in report.Versions)
        {
            var state =
                known.Seals ? "seals"
                : known.Held ? "opens"
                : known.RetiredAt is null ? "not given"
                : "retired";
            var firstSeen = known.FirstSeen?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";
            await output.WriteLineAsync($"version {known.Version}: {state}, first seen {firstSeen}");
        }

        foreach (var row in report.Rows)
        {
            await output.WriteLineAsync($"{row.Workspace}: {row.Kind} under version {row.Version}: {row.Rows} rows, {row.Needs}");
        }

        foreach (var rotation in report.Rotations)
        {
            var progress = rotation.Progress;
            await output.WriteLineAsync(
                $"{rotation.Workspace}: rotation to version {progress.ToVersion}: {(progress.Finished ? "done" : "in progress")}, "
                    + $"{progress.Resealed} rows resealed, {progress.Unreadable} unreadable"
            );
        }

        return ExitCodes.Done;
    }

    private async Task<Report> ReadAsync(CancellationToken cancellationToken)
    {
        var table = new MasterKeyStore(connectionString);
        var report = new Report(Versions(await table.ReadAsync(cancellationToken)), [], []);
        foreach (var workspace in await table.ReadWorkspacesAsync(cancellationToken))
        {
            await using var database = new WorkspaceDatabase(connectionString, workspace);
            var counts = await new SealedRowStore(database).CountAsync(cancellationToken);
            report.Rows.AddRange(counts.Select(count => Row(workspace, count)));
            if (await new RotationStore(database).ReadAsync(keys.Current.Version, cancellationToken) is { } progress)
            {
                report.Rotations.Add(new WorkspaceRotation(workspace.Value, progress));
            }
        }

        return report;
    }

    private List<KnownVersion> Versions(List<KnownMasterKey> known)
    {
        var versions = known.ConvertAll(one => new KnownVersion(
            one.Version,
            keys.Holds(one.Version),
            one.Version == keys.Current.Version,
            one.FirstSeen,
            one.RetiredAt
        ));
        var unseen = keys
            .All.Where(key => !known.Exists(one => one.Version == key.Version))
            .Select(key => new KnownVersion(key.Version, Held: true, Seals: key == keys.Current, FirstSeen: null, RetiredAt: null));
        return [.. versions.Concat(unseen).OrderBy(version => version.Version)];
    }

    private SealedUnder Row(WorkspaceName workspace, SealedCount count)
    {
        var until = count.Kind switch
        {
            SealedKinds.Bodies or SealedKinds.Calls => BodiesGone(count.Newest, RetentionSettings.BodiesD),
            // Its setting may be shorter: this is when they are gone in any case.
            SealedKinds.Reports => BodiesGone(count.Newest, RetentionSettings.MostReportsD),
            _ => (DateOnly?)null,
        };
        var needs = (count.KeyVersion >= keys.Current.Version, count.Kind) switch
        {
            (true, _) => "up to date",
            (_, SealedKinds.Bodies or SealedKinds.Reports or SealedKinds.Calls) => $"needed until {until:yyyy-MM-dd}",
            (_, SealedKinds.Quarantine) => "needed until they are cleared",
            _ => "needed until keys rotate is done",
        };
        return new SealedUnder(
            workspace.Value,
            count.Kind,
            count.KeyVersion,
            count.Rows,
            count.KeyVersion < keys.Current.Version ? until : null,
            needs
        );
    }

    // The bodies of a day are dropped together when their retention has passed, and not before the day after the day they were received.
    private DateOnly BodiesGone(DateTimeOffset newest, int days)
    {
        var gone = DateOnly.FromDateTime(newest.UtcDateTime).AddDays(days + 1);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return gone < today ? today : gone;
    }
}
