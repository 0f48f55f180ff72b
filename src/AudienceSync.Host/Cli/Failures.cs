using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Embedded;

namespace AudienceSync.Host.Cli;

/// <summary>Describes in one line what an operator must fix.</summary>
internal static class Failures
{
    private const string UndefinedTable = "42P01";
    private const string UndefinedColumn = "42703";
    private const string UndefinedSchema = "3F000";

    // A role that migrating creates.
    private const string UndefinedObject = "42704";

    /// <summary>Null for a bug, so that it is reported with its full stack trace.</summary>
    public static string? Explain(Exception failure) =>
        failure switch
        {
            SetupException setup => $"{setup.Code}: {setup.Message}",
            EmbeddedPostgresException embedded => $"{embedded.Code}: {embedded.Message}",
            RefusedException refused => $"{refused.Code}: {refused.Message}",
            SchemaChangedException schema => $"schema_changed: {schema.Message}",
            SchemaUnknownException schema => $"schema_unknown: {schema.Message}",
            IOException taken when taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException =>
                $"port_taken: {taken.Message} Set AUDIENCESYNC_URLS to another address.",
            System.Data.Common.DbException { SqlState: UndefinedTable or UndefinedColumn or UndefinedSchema or UndefinedObject } =>
                "schema_missing: the database schema is not up to date. Start serve, or run migrate.",
            System.Data.Common.DbException unreachable => $"postgres_unreachable: {unreachable.Message}",
            _ => null,
        };
}
