using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>How many records had which outcome.</summary>
/// <param name="Accepted">In the log, and not before.</param>
/// <param name="Duplicates">In the log already.</param>
/// <param name="Quarantined">Kept, and not applied.</param>
/// <param name="Refused">Not applied.</param>
/// <param name="WithWarnings">Accepted or already there, and a field was left out.</param>
internal readonly record struct ImportCounts(long Accepted, long Duplicates, long Quarantined, long Refused, long WithWarnings)
{
    public static ImportCounts operator +(ImportCounts one, ImportCounts other) => one.Add(other);

    public ImportCounts Add(ImportCounts other) =>
        new(
            Accepted + other.Accepted,
            Duplicates + other.Duplicates,
            Quarantined + other.Quarantined,
            Refused + other.Refused,
            WithWarnings + other.WithWarnings
        );
}

/// <summary>
/// How far an import got: everything up to here was acknowledged. Written after each chunk, so that an import that was killed repeats at
/// most the chunks that were under way, whose events are then duplicates. It has no content of the file.
/// </summary>
/// <param name="Source">The source whose token is used; null when only the token was given.</param>
/// <param name="Records">Records from the start of the file.</param>
/// <param name="Digest">The digest of their events.</param>
/// <param name="Counts">Their outcomes.</param>
/// <param name="RejectedBytes">The length of the file of rejected records.</param>
internal sealed record ImportState(string? Source, long Records, string Digest, ImportCounts Counts, long RejectedBytes)
{
    private const int ThisVersion = 1;

    public int Version { get; init; } = ThisVersion;

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ImportException">import_state_invalid</exception>
    public static async Task<ImportState?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<ImportState>(await File.ReadAllTextAsync(path, cancellationToken), CliText.Json);
            return state is { Version: ThisVersion, Records: >= 0, RejectedBytes: >= 0, Digest: not null } ? state : throw Invalid();
        }
        catch (JsonException)
        {
            throw Invalid();
        }
    }

    /// <summary>Replaces the file as a whole: a reader sees the former state or this one.</summary>
    public async Task WriteAsync(string path)
    {
        var next = path + ".next";
        await File.WriteAllTextAsync(next, JsonSerializer.Serialize(this, CliText.Json));
        File.Move(next, path, overwrite: true);
    }

    private static ImportException Invalid() =>
        new(
            "import_state_invalid",
            "The state file is not one of this version. Delete it to import from the start: what is in the log already is a duplicate."
        );
}
