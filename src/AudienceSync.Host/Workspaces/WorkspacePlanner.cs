using AudienceSync.Connectors;
using AudienceSync.Domain;
using AudienceSync.Domain.Doctor;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync;

namespace AudienceSync.Host.Workspaces;

/// <summary>
/// Checks a workspace's configuration and turns it into a plan. The first error is reported with its place and what to write instead.
/// </summary>
public sealed class WorkspacePlanner(ConfigLoader config, DestinationDependencies dependencies)
{
    private readonly DestinationPlanner _destinations = new(config, dependencies);
    private readonly AudiencePlanner _audiences = new(config);
    private readonly FeedbackPlanner _feedback = new(config, dependencies);
    private readonly AlertPlanner _alerts = new(config, dependencies);
    private readonly OutcomePlanner _outcomes = new(config);
    private readonly SourcePlanner _sources = new(config);

    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public WorkspacePlan Plan(string name, WorkspaceConfig workspace)
    {
        var checkedName = NameOf(name);
        Distinct(workspace.Sources.Select(source => source.Name), $"workspaces.{name}.sources");
        Distinct(workspace.Destinations.Select(destination => destination.Name), $"workspaces.{name}.destinations");
        var audiences = _audiences.Plan($"workspaces.{name}", workspace.Audiences, workspace.Bindings);
        var destinations = workspace.Destinations.Select(destination => _destinations.Plan(name, destination)).ToList();
        foreach (var binding in workspace.Bindings)
        {
            Require(
                destinations.Exists(d => string.Equals(d.Name, binding.Destination, StringComparison.Ordinal)),
                $"workspaces.{name}.bindings.{binding.Audience}",
                $"destination {binding.Destination} is not declared"
            );
        }

        var feedback = workspace
            .Sources.Where(source => source.Feedback is not null)
            .Select(source => _feedback.Plan(name, source))
            .ToList();
        var reported = feedback.Where(planned => planned.Service.Settings.StepMetrics).Select(planned => planned.Source).ToHashSet();
        return new WorkspacePlan(
            checkedName,
            [.. workspace.Sources.Select(source => _sources.Plan(name, source)).Select(WithSteps)],
            audiences,
            destinations
        )
        {
            Feedback = feedback,
            Alerts = _alerts.Plan(name, workspace.Alerts),
            Exposures = new ExposurePlan(
                workspace.Exposures is not null,
                workspace.Exposures?.LinkKey is { } key ? ExposureKey($"workspaces.{name}.exposures", key) : null,
                destinations.ConvertAll(destination => destination.Name)
            ),
            DoctorOff = DoctorOff($"workspaces.{name}.doctor", workspace.Doctor),
            LinkLimit = LinkLimit(name, workspace.LinkedAddressesPerDay),
            Retention = Retention($"workspaces.{name}.retention", workspace.Retention) with
            {
                ReportsD = _outcomes.RawDays($"workspaces.{name}.outcomes", workspace.Outcomes),
            },
            Decisions = workspace.Sources.ToDictionary(source => source.Name, source => Decisions(name, source), StringComparer.Ordinal),
            Outcomes = _outcomes.Policy(
                $"workspaces.{name}.outcomes",
                workspace.Outcomes,
                destinations.ConvertAll(destination => destination.Name)
            ),
        };

        (Source Source, byte[] Token) WithSteps((Source Source, byte[] Token) planned) =>
            (planned.Source with { StepMetrics = reported.Contains(planned.Source.Name) }, planned.Token);
    }

    private WorkspaceName NameOf(string name)
    {
        try
        {
            return new WorkspaceName(name);
        }
        catch (ArgumentException error)
        {
            throw config.Invalid($"workspaces.{name}: {error.Message}");
        }
    }

    private LinkLimit LinkLimit(string workspace, int? addresses)
    {
        // Only the latest addresses of a kind are kept for an anchor, so a higher limit would never be reached.
        Require(
            addresses is null or (>= 2 and < IdentifierClaims.MaxPerKind),
            $"workspaces.{workspace}",
            $"linked_addresses_per_day must be from 2 to {IdentifierClaims.MaxPerKind - 1}"
        );
        return addresses is { } given ? new LinkLimit(given) : Domain.Identity.LinkLimit.Default;
    }

    private HashSet<string> DoctorOff(string place, DoctorConfig doctor)
    {
        foreach (var code in doctor.Off)
        {
            Require(FindingKinds.Find(code) is not null, place, $"off: there is no finding {code}; docs/doctor.md lists them");
        }

        return doctor.Off.ToHashSet(StringComparer.Ordinal);
    }

    private byte[] ExposureKey(string place, SecretReference reference)
    {
        var key = config.Secret(reference, $"{place}.link_key");
        Require(key.Length >= ExposurePlan.LeastKeyBytes, place, $"link_key must have {ExposurePlan.LeastKeyBytes} bytes at least");
        return key;
    }

    private RetentionSettings Retention(string place, RetentionConfig retention)
    {
        foreach (
            var (setting, days) in new[]
            {
                ("calls_d", retention.CallsD),
                ("jobs_d", retention.JobsD),
                ("quarantine_d", retention.QuarantineD),
            }
        )
        {
            Require(days is >= 1 and <= RetentionSettings.MaxD, place, $"{setting} must be 1 to {RetentionSettings.MaxD} days");
        }

        return new RetentionSettings(retention.CallsD, retention.JobsD, retention.QuarantineD);
    }

    private DecisionSettings Decisions(string workspace, SourceConfig source) =>
        DecisionSettings.Of(source.Decisions, wrong => config.Invalid($"workspaces.{workspace}.sources.{source.Name}.decisions: {wrong}"));

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }

    private void Distinct(IEnumerable<string> names, string place)
    {
        var duplicate = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Require(duplicate is null, place, $"{duplicate?.Key} occurs twice");
    }
}
