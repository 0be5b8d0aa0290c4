package io.memryx.persistence.langchain4j;

import static io.memryx.persistence.langchain4j.SegmentMetadata.field;
import static io.memryx.persistence.langchain4j.SegmentMetadata.value;

import dev.langchain4j.store.embedding.filter.comparison.IsEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThan;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsIn;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThan;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotIn;
import dev.langchain4j.store.embedding.filter.logical.And;
import dev.langchain4j.store.embedding.filter.logical.Not;
import dev.langchain4j.store.embedding.filter.logical.Or;
import io.memryx.Filter;
import io.memryx.Filter.Compare;
import io.memryx.Filter.Comparison;
import io.memryx.MetadataValue;
import java.util.Collection;
import java.util.List;

/**
 * LangChain4j's filters as Memryx's. One to one: what a missing field does is the same in both. The
 * search for a part of a text is refused, as that contract wants it from stores without it.
 */
final class FilterTranslation {
  private FilterTranslation() {}

  static Filter translate(dev.langchain4j.store.embedding.filter.Filter filter) {
    return switch (filter) {
      case And and -> translate(and.left()).and(translate(and.right()));
      case Or or -> translate(or.left()).or(translate(or.right()));
      case Not not -> Filter.not(translate(not.expression()));
      case IsEqualTo is -> Filter.eq(field(is.key()), value(is.comparisonValue()));
      case IsNotEqualTo is -> Filter.ne(field(is.key()), value(is.comparisonValue()));
      case IsIn is -> Filter.in(field(is.key()), values(is.comparisonValues()));
      case IsNotIn is -> Filter.notIn(field(is.key()), values(is.comparisonValues()));
      case IsGreaterThan is -> compare(is.key(), Comparison.GT, is.comparisonValue());
      case IsGreaterThanOrEqualTo is -> compare(is.key(), Comparison.GTE, is.comparisonValue());
      case IsLessThan is -> compare(is.key(), Comparison.LT, is.comparisonValue());
      case IsLessThanOrEqualTo is -> compare(is.key(), Comparison.LTE, is.comparisonValue());
      case dev.langchain4j.store.embedding.filter.Filter other ->
          throw new UnsupportedOperationException("there is no such filter: " + other);
    };
  }

  private static Filter compare(String key, Comparison comparison, Object with) {
    return new Compare(field(key), comparison, value(with));
  }

  private static List<MetadataValue> values(Collection<?> values) {
    return values.stream().map(SegmentMetadata::value).toList();
  }
}
