using AudienceSync.Connectors;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Doctor;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Workspaces.Metrics;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Workspaces;

/// <summary>Composes the services of one workspace, slice by slice.</summary>
internal static class WorkspaceContainer
{
    /// <param name="plan">What the configuration declares.</param>
    /// <param name="database">The workspace's connections. The container does not close them.</param>
    /// <param name="keys">The Host's copy of the published keys.</param>
    /// <param name="secrets">The workspace's own secrets.</param>
    /// <param name="dependencies">What the process and a test control.</param>
    public static ServiceProvider Build(
        WorkspacePlan plan,
        WorkspaceDatabase database,
        AudienceKeys keys,
        WorkspaceSecrets secrets,
        WorkspaceDependencies dependencies
    )
    {
        var connectors = plan.Destinations.ToDictionary(
            destination => destination.Name,
            destination => destination.Connector,
            StringComparer.Ordinal
        );
        var sources = plan.Sources.Select(source => source.Source).ToList();
        return new ServiceCollection()
            .AddProcess(plan, dependencies)
            .AddEventStore(database, dependencies.Owner, dependencies.LeaseTime)
            .AddPrivacy(secrets)
            .AddAudiences(keys, connectors)
            .AddIngest(sources, connectors.Keys.ToHashSet(StringComparer.Ordinal), plan.LinkLimit)
            .AddProjection([.. plan.Destinations.Select(AddSyncExtensions.WakeOf)])
            .AddDecisions(
                [.. sources.Select(source => (source, plan.Decisions.GetValueOrDefault(source.Name, DecisionSettings.Default)))],
                dependencies.Metrics?.DecisionsOf(plan.Name.Value),
                plan.HasReports
            )
            .AddSync(plan.Destinations, MetricsOf(plan, dependencies), dependencies.AccountPoll)
            .AddOutcomes(plan.Outcomes, plan.HasReports)
            .AddPeople(connectors)
            .AddFeedback(
                new FeedbackPlan(plan.Name.Value, plan.Feedback, [.. connectors.Keys]),
                dependencies.Metrics?.FeedbackOf(plan.Name.Value),
                dependencies.AccountPoll
            )
            .AddAlerts(
                plan.Alerts,
                new AlertScene(
                    plan.Name.Value,
                    connectors.ToDictionary(entry => entry.Key, entry => entry.Value as IChecksVersion, StringComparer.Ordinal),
                    dependencies.FreeDisk
                ),
                dependencies.AlertPoll
            )
            .AddDoctor(DoctorOf(plan))
            .AddExposures(plan.Exposures, dependencies.AccountPoll)
            .AddMaintenance(plan.Name.Value, plan.Retention)
            .AddStatus(plan, dependencies)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
    }

    private static DoctorScene DoctorOf(WorkspacePlan plan) =>
        new(
            [
                .. plan.Sources.Select(planned => new SourceSetting(
                    planned.Source.Name,
                    planned.Source.IsReporting,
                    planned.Source.Signature == SignatureMode.Required
                )),
            ],
            plan.Destinations.ToDictionary(
                destination => destination.Name,
                destination => new DestinationSetting(destination.Connector.Limits, destination.Connector as IChecksVersion),
                StringComparer.Ordinal
            ),
            plan.DoctorOff
        );

    private static IServiceCollection AddProcess(this IServiceCollection services, WorkspacePlan plan, WorkspaceDependencies dependencies)
    {
        services
            .AddSingleton(dependencies.MasterKeys)
            .AddSingleton(dependencies.Clock)
            .AddSingleton(dependencies.Chance)
            .AddSingleton(dependencies.Messages)
            .AddSingleton(dependencies.Loggers)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        return dependencies.Metrics is { } metrics ? services.AddSingleton(metrics.AddLog(plan.Name.Value)) : services;
    }

    private static Func<string, DestinationMetrics>? MetricsOf(WorkspacePlan plan, WorkspaceDependencies dependencies) =>
        dependencies.Metrics is { } metrics ? destination => metrics.Of(plan.Name.Value, destination) : null;

    private static IServiceCollection AddStatus(this IServiceCollection services, WorkspacePlan plan, WorkspaceDependencies dependencies)
    {
        services.AddSingleton<StatusQueries>().AddSingleton<MetricQueries>();
        return dependencies.Metrics is not { } metrics
            ? services
            : services
                .AddSingleton(provider => new GaugeLoop(
                    plan.Name.Value,
                    dependencies.Owner,
                    provider.GetRequiredService<MetricQueries>(),
                    provider.GetRequiredService<AccountForecasts>(),
                    provider.GetRequiredService<DaemonQueries>(),
                    provider.GetRequiredService<DaemonHealth>(),
                    metrics.Gauges,
                    dependencies.Clock,
                    provider.GetRequiredService<ILogger<GaugeLoop>>()
                )
                {
                    Feedback = plan.Feedback.Count == 0 ? null : provider.GetRequiredService<FeedbackQueries>(),
                    Exposures = plan.Exposures.IsOn ? provider.GetRequiredService<ExposureLagQueries>() : null,
                })
                .AddHostLoop<GaugeLoop>(gauges => gauges.RunAsync);
    }
}
