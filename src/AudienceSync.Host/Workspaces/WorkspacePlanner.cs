using AudienceSync.Connectors;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
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

    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public WorkspacePlan Plan(string name, WorkspaceConfig workspace)
    {
        WorkspaceName checkedName;
        try
        {
            checkedName = new WorkspaceName(name);
        }
        catch (ArgumentException error)
        {
            throw config.Invalid($"workspaces.{name}: {error.Message}");
        }

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
            [.. workspace.Sources.Select(source => Source(name, source, reported.Contains(source.Name)))],
            audiences,
            destinations
        )
        {
            Feedback = feedback,
            LinkLimit = LinkLimit(name, workspace.LinkedAddressesPerDay),
            Retention = Retention($"workspaces.{name}.retention", workspace.Retention),
        };
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

    private const int MostPlaceholders = 100;

    private (Source Source, byte[] Token) Source(string workspace, SourceConfig source, bool stepMetrics)
    {
        var place = $"workspaces.{workspace}.sources.{source.Name}";
        Require(
            source.Name.Length is > 0 and <= 100 && !source.Name.Contains('\0', StringComparison.Ordinal),
            place,
            "name must be 1 to 100 characters"
        );
        Require(
            source.DefaultCountry is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'],
            place,
            "default_country must be two capital letters (ISO 3166-1), by which national phone numbers are read"
        );
        var mode = source.Signature switch
        {
            "required" => SignatureMode.Required,
            "if_present" => SignatureMode.IfPresent,
            "off" => SignatureMode.Off,
            _ => throw config.Invalid($"{place}: signature must be required, if_present or off"),
        };
        Require(
            mode == SignatureMode.Off || source.SigningKeys.Count is > 0 and <= 10,
            place,
            "signing_keys needs 1 to 10 keys unless signature is off"
        );
        var days = source.SignatureMaxAgeD;
        Require(
            days >= 0 && days <= RequestSignature.MaxAge.TotalDays,
            place,
            "signature_max_age_d must be 1 to 30 days, or 0 for signatures whose age is not checked"
        );
        var keys = source.SigningKeys.Select(key => new KeyedHash(config.Secret(key, place + ".signing_keys"))).ToList();
        var hashed = Hashed(source.Hashed, place + ".hashed");
        Require(
            source.PlaceholderIds.Count <= MostPlaceholders
                && source.PlaceholderIds.TrueForAll(text => text?.Trim().Length is > 0 and <= Limits.CustomerIdChars),
            place,
            $"placeholder_ids must be at most {MostPlaceholders} texts of 1 to {Limits.CustomerIdChars} characters"
        );
        var planned = new Source(source.Name, mode, keys, source.DefaultCountry)
        {
            Hashed = hashed,
            StepMetrics = stepMetrics,
            Placeholders = Placeholders.With(source.PlaceholderIds),
            SignatureMaxAge = days == 0 ? null : TimeSpan.FromDays(days),
        };
        return (planned, config.Secret(source.Token, place + ".token"));
    }

    private HashedFields Hashed(HashedConfig? hashed, string place)
    {
        var email = hashed?.Email switch
        {
            null => HashedFields.None,
            "sha256" => HashedFields.EmailSha256,
            _ => throw config.Invalid($"{place}: email must be sha256, or left out for plain addresses"),
        };
        return email
            | hashed?.Phone switch
            {
                null => HashedFields.None,
                "sha256_digits" => HashedFields.PhoneSha256Digits,
                "sha256_e164" => HashedFields.PhoneSha256E164,
                _ => throw config.Invalid($"{place}: phone must be sha256_digits or sha256_e164, or left out for plain numbers"),
            };
    }

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
