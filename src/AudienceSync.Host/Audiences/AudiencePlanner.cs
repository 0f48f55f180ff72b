using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// Checks the sections <c>audiences</c> and <c>bindings</c>, of the configuration or of a file of their own, and turns them into
/// declarations.
/// </summary>
/// <param name="config">Creates the refusals.</param>
/// <param name="named">
/// Whether a refusal may repeat the names as they were written. A file belongs to its reader; a response over HTTP repeats nothing.
/// </param>
public sealed class AudiencePlanner(ConfigLoader config, bool named = true)
{
    /// <summary>Refusals that need the registry's state (a changed key, a number left out) are not found here.</summary>
    /// <exception cref="SetupException">config_invalid</exception>
    public IReadOnlyList<AudienceDeclaration> Plan(
        string place,
        IReadOnlyList<AudienceConfig> audiences,
        IReadOnlyList<BindingConfig> bindings
    )
    {
        Distinct(audiences.Select(audience => audience.Name), $"{place}.audiences");
        Distinct(bindings.Select(binding => binding.Destination + "/" + binding.Remote), $"{place}.bindings");
        var feeds = bindings
            .Select((binding, index) => (binding.Audience, Feed: Feed(At(place, "bindings", index, binding.Audience), binding, audiences)))
            .ToList();
        return
        [
            .. audiences.Select(
                (audience, index) =>
                    new AudienceDeclaration(
                        Name(At(place, "audiences", index, audience.Name), audience),
                        new AudienceText(audience.Purpose, audience.Owner, audience.Definition, audience.ExpectedVolume),
                        Versions(At(place, "audiences", index, audience.Name), audience),
                        [.. feeds.Where(feed => feed.Audience == audience.Name).Select(feed => feed.Feed)]
                    )
                    {
                        Experiments = Experiments(At(place, "audiences", index, audience.Name), audience),
                    }
            ),
        ];
    }

    private string At(string place, string section, int index, string name) =>
        named ? $"{place}.{section}.{name}" : $"{place}.{section}[{index}]";

    private string Name(string place, AudienceConfig audience)
    {
        Require(AudienceKey.IsName(audience.Name), place, "name must be lower case letters, digits and underscores, a letter first");
        return audience.Name;
    }

    private List<DeclaredVersion> Versions(string place, AudienceConfig audience)
    {
        var versions = new List<DeclaredVersion>();
        foreach (var version in audience.Versions)
        {
            Require(version.Version is > 0 and < 1_000_000, place, "version must be a whole number from 1");
            Require(!version.Inherit || version.Version > 1, place, "inherit needs an earlier version");
            Require(version.WindowD is null or (> 0 and <= 36_500), place, "window_d must be days, more than 0");
            var keys = MatchKeys.All;
            Require(
                version.MatchKeys is null || AudienceLabels.TryMatchKeys(version.MatchKeys, out keys),
                place,
                "match_keys must name at least one of email, phone, customer_id, device_id, details"
            );
            Require(AudienceLabels.TryPolicy(version.ConsentPolicy, out var consent), place, "consent_policy must be required or assumed");
            var window_s = version.WindowD is { } days ? (long?)Math.Round(days * 86_400) : null;
            versions.Add(new DeclaredVersion(version.Version, new KeyTerms(window_s, keys, consent, version.Inherit)));
        }

        return versions;
    }

    // What is not valid in it is refused by the rules of the registry, with a code of its own; only times must be readable here.
    private List<ExperimentTerms> Experiments(string place, AudienceConfig audience) =>
        [
            .. (audience.Experiments ?? []).Select(experiment => new ExperimentTerms(
                experiment?.Name ?? "",
                experiment?.Salt ?? experiment?.Name ?? "",
                Share(experiment?.Shares?.Treatment),
                Share(experiment?.Shares?.Holdout),
                Time(place, experiment?.StartsAt),
                Time(place, experiment?.EndsAt)
            )),
        ];

    // In parts of ten thousand; 0, which no experiment may have, for what does not fit into them.
    private static int Share(decimal? percent) => percent is { } of and > 0 and < 100 && of * 100 % 1 == 0 ? (int)(of * 100) : 0;

    private DateTimeOffset? Time(string place, string? text)
    {
        var at = default(DateTimeOffset);
        Require(text is null || MomentText.TryRead(text, out at), place, "starts_at and ends_at must be times as in ISO 8601");
        return text is null ? null : at;
    }

    private DeclaredFeed Feed(string place, BindingConfig binding, IReadOnlyList<AudienceConfig> audiences)
    {
        var audience = audiences.FirstOrDefault(audience => audience.Name == binding.Audience);
        Require(
            AudienceKey.TryParse(binding.Key, out var key)
                && audience is not null
                && audience.Versions.Exists(version => AudienceKey.Of(audience.Name, version.Version) == key),
            place,
            named ? $"key {binding.Key} is not a published version" : "key is not a published version"
        );
        Require(binding.Remote.Length is > 0 and <= 100, place, "remote must be the platform's id of the audience");
        return new DeclaredFeed(new RemoteAudience(binding.Destination, binding.Remote), key.Version, binding.Exclusive);
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
        Require(duplicate is null, place, named ? $"{duplicate?.Key} occurs twice" : "a name occurs twice");
    }
}
