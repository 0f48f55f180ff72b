using AudienceSync.Connectors;
using AudienceSync.Domain.Doctor;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Doctor;

/// <summary>Reads everything that the rules need.</summary>
internal sealed class DoctorReader(
    DoctorScene scene,
    DoctorSourceQueries sources,
    DoctorKeyQueries keys,
    DoctorBindingQueries bindings,
    DoctorPeopleQueries people,
    ExperimentStore experiments
)
{
    public async Task<DoctorReadings> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hasReports = await sources.HasReportsAsync(now, cancellationToken);
        return new DoctorReadings
        {
            At = now,
            Sources = await sources.SourcesAsync(now, cancellationToken),
            Held = await sources.HeldAsync(now, cancellationToken),
            Keys = await keys.ReadAsync(now, hasReports, cancellationToken),
            Bindings = await bindings.ReadAsync(now, cancellationToken),
            Accounts = [.. scene.Destinations.Select(destination => Account(destination.Key, destination.Value, now))],
            StoppedLinks = await people.StoppedAsync(cancellationToken),
            Shared = await people.SharedAsync(cancellationToken),
            Experiments = (await experiments.ArmsAsync(audience: null, cancellationToken)).ConvertAll(Experiment),
        };
    }

    private static DoctorExperiment Experiment(RunningArms arms) =>
        new(arms.Experiment, arms.AudienceKey, arms.Treatment, arms.Holdout, arms.HoldoutShare);

    private static DoctorAccount Account(string name, DestinationSetting destination, DateTimeOffset now) =>
        destination.Version?.CheckVersion(now) is { State: CheckState.Warning or CheckState.Bad } version
            ? new DoctorAccount(name, version.Code, version.State == CheckState.Bad)
            : new DoctorAccount(name, VersionCode: null, VersionEnded: false);
}
