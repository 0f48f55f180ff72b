namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// Why the private PostgreSQL could not be started, stopped or used. <see cref="Code"/> is stable (docs/errors.md lists the codes); the
/// message is one line that states what to do, followed by the end of the server's log where there is one.
/// </summary>
public sealed class EmbeddedPostgresException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    public const string PostgresNotFound = "postgres_not_found";
    public const string PostgresTooOld = "postgres_too_old";
    public const string PostgresVersionChanged = "postgres_version_changed";
    public const string PostgresUserMissing = "postgres_user_missing";
    public const string PostgresInitFailed = "postgres_init_failed";
    public const string PostgresStartFailed = "postgres_start_failed";
    public const string PostgresStopFailed = "postgres_stop_failed";
    public const string DataFolderEmpty = "data_folder_empty";
    public const string DataFolderForeign = "data_folder_foreign";
    public const string DataFolderHalfMade = "data_folder_half_made";
    public const string DataFolderInUse = "data_folder_in_use";
    public const string DataFolderInvalid = "data_folder_invalid";
    public const string DataFolderUnreachable = "data_folder_unreachable";

    /// <summary>One of the constants of this class.</summary>
    public string Code { get; } = code;
}
