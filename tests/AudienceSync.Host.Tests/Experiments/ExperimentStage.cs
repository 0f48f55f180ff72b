using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Holding;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Experiments;

/// <summary>Experiments on the audience of <see cref="HoldStage"/>, declared over HTTP.</summary>
internal static class ExperimentStage
{
    /// <summary>Members whose state is that of an experiment.</summary>
    public const string HeldSql = "select count(*) from membership m join audience_keys k using (key_id) where m.state = 7";

    public static Task<Answer> DeclareAsync(
        this TestHost host,
        object? shares,
        string? name = "spring_holdout",
        string? salt = null,
        DateTimeOffset? startsAt = null,
        DateTimeOffset? endsAt = null
    ) =>
        host.PostAsOperatorAsync(
            "audiences/apply",
            new
            {
                audiences = new[]
                {
                    new
                    {
                        name = RegistryStage.Audience,
                        experiments = new[]
                        {
                            new
                            {
                                name,
                                salt,
                                shares,
                                starts_at = startsAt?.ToString("O"),
                                ends_at = endsAt?.ToString("O"),
                            },
                        },
                    },
                },
                by = "ann",
            }
        );

    /// <summary>Declares an experiment that must be accepted.</summary>
    public static async Task HoldOutAsync(
        this TestHost host,
        decimal percent,
        DateTimeOffset? startsAt = null,
        DateTimeOffset? endsAt = null
    )
    {
        var answer = await host.DeclareAsync(new { treatment = 100 - percent, holdout = percent }, startsAt: startsAt, endsAt: endsAt);
        answer.Status.ShouldBe(200, answer.Text);
    }

    /// <summary>Waits until the projector has determined everybody's arm. Returns how many are held out.</summary>
    public static async Task<long> UntilAssignedAsync(this TestHost host, int phase = 2)
    {
        await Deadline.UntilAsync(
            () =>
                host.ScalarAsync<bool>(
                    $"select exists (select from experiments where phase = {phase}) and not exists (select from holdout_sweeps)"
                ),
            () => "the arms\n" + string.Join('\n', host.LogLines.TakeLast(40))
        );
        return await host.ScalarAsync<long>(HeldSql);
    }

    /// <summary>Calls, ledger rows and deliveries of members who are held out.</summary>
    public static Task<long> SentOfHeldAsync(this TestHost host) =>
        host.ScalarAsync<long>(
            """
            with held as (select m.person from membership m where m.state = 7)
            select (select count(*) from ledger l join held h on h.person = l.person)
              + (select count(*) from deliveries d cross join unnest(d.people) as p(person) join held h on h.person = p.person)
            """
        );
}
