using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using Npgsql;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>Reads a delivery from the columns of a row.</summary>
internal static class LedgerSql
{
    /// <param name="reader">At a row.</param>
    /// <param name="status">The column of the status; revision and normalizer follow it.</param>
    /// <param name="omitted">The column of what was left out.</param>
    public static LedgerEntry Entry(this NpgsqlDataReader reader, int status, int omitted) =>
        reader.Delivery((LedgerStatus)reader.GetInt16(status), status + 1, omitted);

    /// <summary>As above, of a row without a status.</summary>
    public static LedgerEntry Delivery(this NpgsqlDataReader reader, LedgerStatus status, int revision, int omitted) =>
        new(status, reader.GetInt32(revision), new NormalizerVersion(reader.GetInt16(revision + 1)))
        {
            Omitted = (MatchKeys)reader.GetInt16(omitted),
        };
}
