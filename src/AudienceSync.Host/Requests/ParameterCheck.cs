using AudienceSync.Domain;

namespace AudienceSync.Host.Requests;

/// <summary>Compares the query string and the route values with the contract of the endpoint.</summary>
internal static class ParameterCheck
{
    /// <summary>Null when every parameter is declared, present only once and readable, and no required parameter is missing.</summary>
    public static IResult? Problem(HttpContext context, Endpoint endpoint)
    {
        if (
            context.Request.RouteValues.Values.Any(value =>
                value is string { } text && (text.Length > Limits.ParameterChars || text.Any(char.IsControl))
            )
        )
        {
            return QueryProblem.InvalidAddress;
        }

        var declared = endpoint.Metadata.GetOrderedMetadata<QueryParameter>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in QueryText.Read(context.Request.QueryString.Value))
        {
            if (declared.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
            {
                return QueryProblem.UnknownParameter;
            }

            if (!seen.Add(parameter.Name) || value is not { Length: >= 1 and <= Limits.ParameterChars })
            {
                return QueryProblem.InvalidParameter(parameter.Name);
            }

            if (!parameter.IsReadable(value))
            {
                return parameter.Problem?.Invoke() ?? QueryProblem.InvalidParameter(parameter.Name);
            }
        }

        return declared.FirstOrDefault(parameter => parameter.IsRequired && !seen.Contains(parameter.Name)) is { } missing
            ? missing.Problem?.Invoke() ?? QueryProblem.InvalidParameter(missing.Name)
            : null;
    }
}
