using AudienceSync.Domain.Events;
using Npgsql;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>The statements that write the rows of experiments, in the transaction of the registry's event.</summary>
internal static class ExperimentRows
{
    // A start that has passed is the declaration: until then everybody was sent.
    private const string DeclareSql = """
        insert into experiments (audience, name, salt, treatment_share, holdout_share, starts_at, ends_at)
        values ($1, $2, $3, $4, $5, greatest($6::timestamptz, $8), $7)
        """;

    private const string EndSql = "update experiments set ends_at = least(ends_at, $3) where audience = $1 and name = $2";

    public static NpgsqlBatchCommand Declare(AudienceExperimentDeclared declared, DateTimeOffset now)
    {
        var terms = declared.Experiment;
        return Sql.Command(
            DeclareSql,
            Sql.Of(declared.Audience),
            Sql.Of(terms.Name),
            Sql.Of(terms.Salt),
            Sql.Of(terms.TreatmentShare),
            Sql.Of(terms.HoldoutShare),
            Sql.OfNullable(terms.StartsAt),
            Sql.OfNullable(terms.EndsAt),
            Sql.Of(now)
        );
    }

    public static NpgsqlBatchCommand End(AudienceExperimentEnded ended, DateTimeOffset now) =>
        Sql.Command(EndSql, Sql.Of(ended.Audience), Sql.Of(ended.Experiment), Sql.Of(now));
}
