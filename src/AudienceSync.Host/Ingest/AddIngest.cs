using AudienceSync.Domain.Identity;
using AudienceSync.Host.Access;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Telemetry;
using Microsoft.AspNetCore.Authentication;

namespace AudienceSync.Host.Ingest;

/// <summary>The services that read, commit and quarantine what the senders of a workspace send.</summary>
internal static class AddIngestExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="sources">Its senders.</param>
    /// <param name="destinations">The names that a suppression may name.</param>
    /// <param name="linkLimit">How many addresses one identifier may be sent with within a day.</param>
    public static IServiceCollection AddIngest(
        this IServiceCollection services,
        IReadOnlyList<Source> sources,
        IReadOnlySet<string> destinations,
        LinkLimit linkLimit
    ) =>
        services
            .AddSingleton(provider => new EventLogStore(
                provider.GetRequiredService<WorkspaceDatabase>(),
                provider.GetRequiredService<Vault>(),
                provider.GetRequiredService<BodySeal>(),
                provider.GetRequiredService<TombstoneDigester>(),
                provider.GetRequiredService<TimeProvider>(),
                linkLimit
            )
            {
                Steps = sources.Any(source => source.StepMetrics) ? provider.GetRequiredService<StepSeal>() : null,
            })
            .AddSingleton(Commit)
            .AddSingleton<StallWatch>()
            .AddHostLoop<StallWatch>(watch => watch.RunAsync)
            .AddSingleton(provider => new BodyPartitionStore(
                provider.GetRequiredService<WorkspaceDatabase>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<BodyPartitionStore>>()
            )
            {
                ReportDays = provider.GetRequiredService<RetentionSettings>().ReportsD,
            })
            .AddSingleton<BodyArchiveStore>()
            .AddSingleton<BodyMentions>()
            .AddSingleton<PublishedKeys>()
            .AddSingleton(provider => new PersonEventReader(provider.GetRequiredService<AliasDigester>(), destinations))
            .AddSingleton<EventReader>()
            .AddSingleton<ReportReader>()
            .AddSingleton<ReportArchiveStore>()
            .AddSingleton(provider => new ReportReplay(
                provider.GetRequiredService<ReportArchiveStore>(),
                provider.GetRequiredService<Inboxes>().BySource,
                provider.GetRequiredService<QuarantineQueries>(),
                provider.GetRequiredService<QuarantineReleases>(),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton(provider => new Inboxes(sources.ToDictionary(source => source.Name, provider.NewInbox, StringComparer.Ordinal)))
            .AddSingleton<QuarantineQueries>()
            .AddSingleton(provider => new QuarantineReleases(
                provider.GetRequiredService<QuarantineQueries>(),
                provider.GetRequiredService<Inboxes>().BySource,
                provider.GetRequiredService<BodySeal>(),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<IWaitsForKeys>(provider => new HeldRemovals(
                provider.GetRequiredService<QuarantineQueries>(),
                provider.GetRequiredService<QuarantineReleases>(),
                [.. sources.Select(source => source.Name)]
            ));

    /// <summary>Adds the authentication of senders to the process.</summary>
    public static IServiceCollection AddSourceAccess(this IServiceCollection services) =>
        services
            .AddSingleton<AccessTokens<WebhookInbox>>()
            .AddSingleton<ReportingSources>()
            .AddTransient<SourceAuthentication>()
            .Configure<AuthenticationOptions>(schemes => schemes.AddScheme<SourceAuthentication>(AccessPolicies.Source, displayName: null));

    private static GroupCommit Commit(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<EventLogStore>(),
            provider.GetRequiredService<Wakes>().Of(Wakes.Projector),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GroupCommit>>()
        )
        {
            Progress = provider.GetService<LogProgress>(),
        };

    private static WebhookInbox NewInbox(this IServiceProvider provider, Source source) =>
        new(
            source,
            provider.GetRequiredService<EventReader>(),
            provider.GetRequiredService<ReportReader>(),
            provider.GetRequiredService<PublishedKeys>(),
            provider.GetRequiredService<BodySeal>(),
            provider.GetRequiredService<BodyMentions>(),
            provider.GetRequiredService<GroupCommit>(),
            provider.GetRequiredService<Wakes>().Of(Wakes.Engagement),
            provider.GetService<IReceiptFieldSources>()?.Of(source.Name)
        );
}
