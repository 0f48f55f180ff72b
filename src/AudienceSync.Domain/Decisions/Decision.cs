using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Decisions;

/// <summary>What is known about the person that was asked for.</summary>
/// <param name="Person">Null when no person is known by the identifiers.</param>
/// <param name="IsErased">Whether one of the identifiers belonged to a person who was erased.</param>
/// <param name="SuppressedReason">See <see cref="SuppressionReason"/>; counts only while the person is suppressed.</param>
/// <param name="Engagement">The fields that follow from message outcomes (<see cref="DecisionFields.Engagement"/>).</param>
/// <param name="AsOf">The last position of the log that counts.</param>
public sealed record DecisionFacts(
    CurrentPerson? Person,
    bool IsErased,
    string? SuppressedReason,
    IReadOnlyList<(DecisionFields Field, NamedValue Value)> Engagement,
    long AsOf
);

/// <summary>The answer to a journey's question about a person, as a flat list of named fields.</summary>
public static class Decision
{
    /// <summary>Answers.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="audiences">The audiences that were asked for.</param>
    /// <param name="allowed">The fields that the source may receive.</param>
    /// <returns>The fields, each name once.</returns>
    public static IReadOnlyList<NamedValue> Of(DecisionFacts facts, IReadOnlyList<AskedAudience> audiences, DecisionFields allowed)
    {
        var fields = new List<NamedValue>(16 + audiences.Count) { new(DecisionFieldNames.Fallback, FieldValue.Of(false)) };
        var restrictions = facts.Person?.Permissions.Restrictions ?? TargetingRestrictions.None;
        var isErased = facts.IsErased || restrictions.HasFlag(TargetingRestrictions.Erasing);
        var isSuppressed = isErased || restrictions.HasFlag(TargetingRestrictions.Suppressed);
        Add(DecisionFields.Known, FieldValue.Of(facts.Person is not null));
        Add(DecisionFields.Suppressed, FieldValue.Of(isSuppressed));
        Add(DecisionFields.SuppressedReason, FieldValue.Of(ReasonOf(facts, isErased, isSuppressed)));
        Add(DecisionFields.ConsentAds, FieldValue.Of(ConsentOf(restrictions)));
        Add(DecisionFields.Erased, FieldValue.Of(isErased));
        if (allowed.HasFlag(DecisionFields.Audiences))
        {
            AddAudiences(fields, isErased ? null : facts.Person, audiences);
        }

        fields.AddRange(facts.Engagement.Where(one => allowed.HasFlag(one.Field)).Select(one => one.Value));
        Add(DecisionFields.AsOfPosition, FieldValue.Of(facts.AsOf));
        return fields;

        void Add(DecisionFields field, FieldValue value)
        {
            if (allowed.HasFlag(field))
            {
                fields.Add(new NamedValue(DecisionFieldNames.Of(field), value));
            }
        }
    }

    private static string? ReasonOf(DecisionFacts facts, bool isErased, bool isSuppressed) =>
        isErased ? SuppressionReason.Erasure
        : isSuppressed ? facts.SuppressedReason
        : null;

    // Of the two purposes together: a no to either is a no, and a yes needs both.
    private static bool? ConsentOf(TargetingRestrictions restrictions)
    {
        const TargetingRestrictions Denied = TargetingRestrictions.UserDataDenied | TargetingRestrictions.PersonalizationDenied;
        if ((restrictions & Denied) != TargetingRestrictions.None)
        {
            return false;
        }

        const TargetingRestrictions Both = TargetingRestrictions.UserDataGranted | TargetingRestrictions.PersonalizationGranted;
        return (restrictions & Both) == Both ? true : null;
    }

    private static void AddAudiences(List<NamedValue> fields, CurrentPerson? person, IReadOnlyList<AskedAudience> audiences)
    {
        List<string>? unknown = null;
        foreach (var (name, key) in audiences)
        {
            var isIn = key is not null && person is not null && person.IsIn(key);
            fields.Add(new NamedValue(DecisionFieldNames.InPrefix + name, FieldValue.Of(isIn)));
            if (key is null)
            {
                (unknown ??= []).Add(name);
            }
        }

        if (unknown is not null)
        {
            fields.Add(new NamedValue(DecisionFieldNames.UnknownAudiences, FieldValue.Of(string.Join(',', unknown))));
        }
    }
}
