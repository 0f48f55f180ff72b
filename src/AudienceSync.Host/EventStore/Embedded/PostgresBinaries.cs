using System.Text.RegularExpressions;

namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>The folder with PostgreSQL's own programs, and its version.</summary>
public sealed partial record PostgresBinaries(string Folder, int Major, string Version)
{
    /// <summary>The oldest major version whose SQL this project uses.</summary>
    public const int OldestMajor = 14;

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string Initdb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>
    /// Looks only in <paramref name="binFolder"/> when it is given, else in PATH, then in the folders of the distributions, newest first.
    /// Where several are usable, the one of <paramref name="wantedMajor"/> (an existing cluster's) is taken.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">postgres_not_found, postgres_too_old</exception>
    public static async Task<PostgresBinaries> FindAsync(string? binFolder, int? wantedMajor, TimeProvider time, CancellationToken cancel)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in binFolder is null ? UsualFolders() : [Path.GetFullPath(binFolder)])
        {
            if (IsComplete(folder) && await ProbeAsync(folder, time, cancel) is { } binaries)
            {
                found.Add(binaries);
            }
        }

        var usable = found.Where(binaries => binaries.Major >= OldestMajor).ToList();
        if (usable.Count > 0)
        {
            return usable.Find(binaries => binaries.Major == wantedMajor) ?? usable[0];
        }

        throw found.Count > 0 ? TooOld(found[0]) : NotFound(binFolder);
    }

    /// <summary>Where distributions and installers put the programs. scripts/postgres.sh looks in the same places.</summary>
    internal static IEnumerable<string> UsualFolders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Where(Path.IsPathRooted)
            .Concat(NewestFirst("/usr/lib/postgresql", "*", "bin"))
            .Concat(NewestFirst("/usr", "pgsql-*", "bin"))
            .Concat(NewestFirst("/usr/libexec", "postgresql*", ""))
            .Concat(NewestFirst("/opt/homebrew/opt", "postgresql@*", "bin"))
            .Concat(NewestFirst("/usr/local/opt", "postgresql@*", "bin"))
            .Append("/usr/local/pgsql/bin")
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> NewestFirst(string parent, string pattern, string below) =>
        Directory.Exists(parent)
            ? Directory
                .GetDirectories(parent, pattern)
                .OrderByDescending(folder => int.TryParse(Digits().Match(Path.GetFileName(folder)).Value, out var major) ? major : 0)
                .Select(folder => Path.Combine(folder, below))
            : [];

    private static bool IsComplete(string folder) => Needed.All(program => File.Exists(Path.Combine(folder, program)));

    private static async Task<PostgresBinaries?> ProbeAsync(string folder, TimeProvider time, CancellationToken cancel)
    {
        var result = await ToolRun.RunAsync(new ToolCall(Path.Combine(folder, "postgres"), "--version"), time, cancel);
        var match = VersionText().Match(result.Output);
        return result.Succeeded && match.Success
            ? new PostgresBinaries(folder, int.Parse(match.Groups["major"].Value), match.Groups["version"].Value)
            : null;
    }

    private static EmbeddedPostgresException TooOld(PostgresBinaries old) =>
        new(
            EmbeddedPostgresException.PostgresTooOld,
            $"PostgreSQL {old.Version} in {old.Folder} is too old: install version {OldestMajor} or newer, or set "
                + $"{EmbeddedPostgresOptions.BinFolderVariable} to the folder of a newer one"
        );

    private static EmbeddedPostgresException NotFound(string? binFolder) =>
        new(
            EmbeddedPostgresException.PostgresNotFound,
            binFolder is null
                ? $"PostgreSQL's programs initdb, pg_ctl and postgres were not found: install PostgreSQL {OldestMajor} or newer "
                    + $"(Debian: apt-get install postgresql), set {EmbeddedPostgresOptions.BinFolderVariable} to their folder, or set "
                    + "AUDIENCESYNC_POSTGRES to a running server"
                : $"{EmbeddedPostgresOptions.BinFolderVariable} is {binFolder}, which does not contain working programs initdb, pg_ctl "
                    + "and postgres: correct or unset it"
        );

    [GeneratedRegex(@"\(PostgreSQL\) (?<version>(?<major>\d+)[\w.]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionText();

    [GeneratedRegex(@"\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
