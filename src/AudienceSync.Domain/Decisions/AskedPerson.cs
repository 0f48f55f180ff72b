using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Decisions;

/// <summary>An alias that was found.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="Holder">The person that owns it, else the anchor that it is.</param>
public readonly record struct FoundAlias(Alias Alias, PersonId Holder);

/// <summary>
/// Who is meant by some identifiers (design section 6, rule 7). The strongest decides: a weaker one counts only while no stronger one is
/// known, and never leads to a person who is known by something at least as strong as what is unknown, because that is someone else.
/// </summary>
public static class AskedPerson
{
    /// <summary>Null when no person is known by them.</summary>
    /// <param name="asked">The identifiers, strongest first.</param>
    /// <param name="found">Those that are known, and forms of the same kinds that an older reader made.</param>
    /// <param name="anchors">The anchors that they lead to, up to the roots.</param>
    public static PersonId? Find(
        IReadOnlyList<Alias> asked,
        IReadOnlyCollection<FoundAlias> found,
        IReadOnlyDictionary<PersonId, StoredAnchor> anchors
    )
    {
        IdentifierKind? unknown = null;
        foreach (var alias in asked)
        {
            if (HolderOf(alias, found) is not { } holder || RootOf(holder, anchors) is not { } root)
            {
                unknown ??= alias.Kind;
                continue;
            }

            return unknown is null || anchors[root].Kind > unknown ? root : null;
        }

        return null;
    }

    /// <summary>The root of an anchor; null when it is not loaded.</summary>
    public static PersonId? RootOf(PersonId anchor, IReadOnlyDictionary<PersonId, StoredAnchor> anchors)
    {
        while (anchors.TryGetValue(anchor, out var known))
        {
            if (known.Owner is not { } owner)
            {
                return anchor;
            }

            anchor = owner;
        }

        return null;
    }

    private static PersonId? HolderOf(Alias alias, IReadOnlyCollection<FoundAlias> found)
    {
        PersonId? older = null;
        foreach (var one in found)
        {
            if (one.Alias == alias)
            {
                return one.Holder;
            }

            older ??= one.Alias.Kind == alias.Kind ? one.Holder : null;
        }

        return older;
    }
}

/// <summary>An anchor.</summary>
/// <param name="Kind">What it is known by.</param>
/// <param name="Owner">The person it belongs to; null for a root.</param>
public readonly record struct StoredAnchor(IdentifierKind Kind, PersonId? Owner);
