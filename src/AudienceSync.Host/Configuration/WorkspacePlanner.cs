using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage;

namespace AudienceSync.Host.Configuration;

/// <summary>Checks a workspace's configuration and turns it into a plan. The first thing wrong is said with its place and what to write instead.</summary>
public sealed class WorkspacePlanner(ConfigLoader config, DestinationSurroundings surroundings)
{
    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public WorkspacePlan Plan(string name, WorkspaceConfig workspace)
    {
        WorkspaceName checkedName;
        try
        {
            checkedName = new WorkspaceName(name);
        }
        catch (ArgumentException wrong)
        {
            throw config.Invalid($"workspaces.{name}: {wrong.Message}");
        }

        Distinct(workspace.Sources.Select(source => source.Name), $"workspaces.{name}.sources");
        Distinct(workspace.Destinations.Select(destination => destination.Name), $"workspaces.{name}.destinations");
        Distinct(workspace.Bindings.Select(binding => binding.Destination + "/" + binding.Remote), $"workspaces.{name}.bindings");
        var keys = workspace.Audiences.SelectMany(audience => Keys(name, audience)).ToList();
        var destinations = workspace.Destinations.Select(destination => Destination(name, destination)).ToList();
        return new WorkspacePlan(
            checkedName,
            [.. workspace.Sources.Select(source => Source(name, source))],
            keys,
            destinations,
            [.. workspace.Bindings.Select(binding => Binding(name, binding, keys, destinations))]);
    }

    private (Source Source, byte[] Token) Source(string workspace, SourceConfig source)
    {
        var place = $"workspaces.{workspace}.sources.{source.Name}";
        Require(source.Name.Length is > 0 and <= 100 && !source.Name.Contains('\0', StringComparison.Ordinal), place, "name must be 1 to 100 characters");
        Require(
            source.DefaultCountry is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'],
            place, "default_country must be two capital letters (ISO 3166-1), by which national phone numbers are read");
        var mode = source.Signature switch
        {
            "required" => SignatureMode.Required,
            "if_present" => SignatureMode.IfPresent,
            "off" => SignatureMode.Off,
            _ => throw config.Invalid($"{place}: signature must be required, if_present or off"),
        };
        Require(mode == SignatureMode.Off || source.SigningKeys.Count is > 0 and <= 10, place, "signing_keys needs 1 to 10 keys unless signature is off");
        var keys = source.SigningKeys.Select(key => new KeyedHash(config.Secret(key, place + ".signing_keys"))).ToList();
        var hashed = Hashed(source.Hashed, place + ".hashed");
        return (new Source(source.Name, mode, keys, source.DefaultCountry) { Hashed = hashed }, config.Secret(source.Token, place + ".token"));
    }

    private HashedFields Hashed(HashedConfig? hashed, string place)
    {
        var email = hashed?.Email switch
        {
            null => HashedFields.None,
            "sha256" => HashedFields.EmailSha256,
            _ => throw config.Invalid($"{place}: email must be sha256, or left out for plain addresses"),
        };
        return email | hashed?.Phone switch
        {
            null => HashedFields.None,
            "sha256_digits" => HashedFields.PhoneSha256Digits,
            "sha256_e164" => HashedFields.PhoneSha256E164,
            _ => throw config.Invalid($"{place}: phone must be sha256_digits or sha256_e164, or left out for plain numbers"),
        };
    }

    private IEnumerable<AudienceKeyPublished> Keys(string workspace, AudienceConfig audience)
    {
        var place = $"workspaces.{workspace}.audiences.{audience.Name}";
        Require(AudienceKey.IsName(audience.Name), place, "name must be lower case letters, digits and underscores, a letter first");
        foreach (var version in audience.Versions)
        {
            Require(version.Version is > 0 and < 1_000_000, place, "version must be a whole number from 1");
            Require(version.WindowD is null or (> 0 and <= 36_500), place, "window_d must be days, more than 0");
            var key = AudienceKey.Of(audience.Name, version.Version);
            var window_s = version.WindowD is { } days ? (long?)Math.Round(days * 86_400) : null;
            yield return new AudienceKeyPublished(key, window_s, audience.Purpose, audience.Owner, audience.Definition);
        }
    }

    private PlannedDestination Destination(string workspace, DestinationConfig destination)
    {
        var place = $"workspaces.{workspace}.destinations.{destination.Name}";
        Require(destination.Name.Length is > 0 and <= 100, place, "name must be 1 to 100 characters");
        Require(destination.FlushMs is >= 0 and <= 3_600_000, place, "flush_ms must be 0 to 3,600,000");
        try
        {
            var settings = new DestinationSettings(
                destination.Account,
                Secret(destination.Token, place + ".token"),
                destination.BaseUrl is { } url ? new Uri(url, UriKind.Absolute) : null,
                destination.ApiVersion,
                destination.AppSecret is { } secret ? Secret(secret, place + ".app_secret") : null);
            var connector = Connectors.Destinations.Create(destination.Platform, settings, surroundings);
            return new PlannedDestination(destination.Name, destination.Platform, connector, TimeSpan.FromMilliseconds(destination.FlushMs));
        }
        catch (Exception wrong) when (wrong is DestinationSettingsException or UriFormatException)
        {
            throw config.Invalid($"{place}: {wrong.Message}");
        }
    }

    private PlannedBinding Binding(string workspace, BindingConfig binding, List<AudienceKeyPublished> keys, List<PlannedDestination> destinations)
    {
        var place = $"workspaces.{workspace}.bindings.{binding.Audience}";
        Require(AudienceKey.TryParse(binding.Key, out var key) && keys.Exists(k => k.AudienceKey == key), place, $"key {binding.Key} is not a published version");
        Require(string.Equals(key.Audience, binding.Audience, StringComparison.Ordinal), place, $"key {binding.Key} is not a version of this audience");
        Require(destinations.Exists(d => string.Equals(d.Name, binding.Destination, StringComparison.Ordinal)), place, $"destination {binding.Destination} is not declared");
        Require(binding.Remote.Length is > 0 and <= 100, place, "remote must be the platform's id of the audience");
        return new PlannedBinding(key, binding.Destination, binding.Remote);
    }

    private Secret Secret(SecretReference? reference, string what) => new(System.Text.Encoding.UTF8.GetString(config.Secret(reference, what)));

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }

    private void Distinct(IEnumerable<string> names, string place)
    {
        var twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Require(twice is null, place, $"{twice?.Key} is there twice");
    }
}
